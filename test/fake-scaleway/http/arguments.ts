import { invalidArgument } from './errors.ts'

/** Limits on a text argument. */
export interface TextLimits {
  readonly maxLength?: number
  readonly pattern?: RegExp
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/**
 * Reads a JSON body. Unknown fields are ignored, `null` counts as not given, and a wrong type is a 400 with reason
 * `format`, as on the platform (docs/scaleway.md#errors, #provider-conventions).
 */
export class Arguments {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.#fields = fields
  }

  /** True when the field was given, and not as `null`. */
  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  text(name: string, limits: TextLimits = {}): string | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value !== 'string') throw invalidArgument(name, 'format')
    const { maxLength, pattern } = limits
    if (maxLength !== undefined && value.length > maxLength) {
      throw invalidArgument(name, 'constraint', `must not be longer than ${maxLength} characters`)
    }
    if (pattern !== undefined && !pattern.test(value)) throw invalidArgument(name, 'format')
    return value
  }

  /** Empty counts as missing. */
  requiredText(name: string, limits: TextLimits = {}): string {
    const value = this.text(name, limits)
    if (value === undefined || value === '') throw invalidArgument(name, 'required')
    return value
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name)
    if (value === undefined || typeof value === 'boolean') return value
    throw invalidArgument(name, 'format')
  }

  /** An integer of 32 bits without sign. */
  uint32(name: string): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value
    throw invalidArgument(name, 'format')
  }

  /** An RFC 3339 time. */
  time(name: string): Date | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const time = new Date(value)
    if (!RFC3339.test(value) || Number.isNaN(time.getTime())) throw invalidArgument(name, 'format', 'must be RFC 3339')
    return time
  }

  texts(name: string, { pattern }: Pick<TextLimits, 'pattern'> = {}): readonly string[] | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw invalidArgument(name, 'format')
    return value.map((item: unknown) => {
      if (typeof item !== 'string' || pattern?.test(item) === false) throw invalidArgument(name, 'format')
      return item
    })
  }

  /** A JSON object as it is. */
  object(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#value(name)
    if (value === undefined || isRecord(value)) return value
    throw invalidArgument(name, 'format')
  }

  /** A JSON object whose values are all texts. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const value = this.object(name)
    return (
      value &&
      Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          if (typeof item !== 'string') throw invalidArgument(name, 'format')
          return [key, item]
        }),
      )
    )
  }

  objects(name: string): readonly Arguments[] | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw invalidArgument(name, 'format')
    return value.map((item: unknown) => {
      if (!isRecord(item)) throw invalidArgument(name, 'format')
      return new Arguments(item)
    })
  }

  #value(name: string): unknown {
    const value = this.#fields[name]
    return value === null ? undefined : value
  }
}

/** Takes a body's text (empty: no fields) and gives its fields. Refuses with 400 what is not a JSON object. */
export function readArguments(text: string): Arguments {
  if (text === '') return new Arguments({})
  const value = parseJson(text)
  if (!isRecord(value)) throw invalidArgument('body', 'format', 'the body must be a JSON object')
  return new Arguments(value)
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Takes text and gives the JSON value in it, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
