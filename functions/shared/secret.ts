// Named here because importing node:util for it costs a cold start.
const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

/**
 * Text that must never be printed. Every way of turning it into text (template, JSON, inspect, log) gives
 * `[secret]`; `structuredClone` gives an empty object. `reveal()` is for the places where the bytes leave the
 * process: a test counts them.
 */
export class Secret {
  readonly #text: string

  /** Takes the clear text. */
  constructor(text: string) {
    this.#text = text
  }

  /** Gives the clear text. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspectCustom](): string {
    return '[secret]'
  }
}
