// Control characters, marks that change the direction of writing and the like: what can steer a terminal.
const steering = /[\p{C}\p{Zl}\p{Zp}]/gu

/** Makes a text of a server safe for a terminal: each character that is not printed becomes a question mark. */
export function printable(text: string): string {
  return text.replaceAll(steering, '?')
}

/** Gives a value as one line of JSON that means the same and is safe for a terminal. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(steering, character =>
    character.replaceAll(/[\s\S]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
}
