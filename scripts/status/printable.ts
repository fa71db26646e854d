// What can control a terminal: control characters, marks that change the direction of text, line separators.
const controls = /[\p{C}\p{Zl}\p{Zp}]/gu

/** Makes a server's text safe for a terminal: each character that is not printed becomes a question mark. */
export function printable(text: string): string {
  return text.replaceAll(controls, '?')
}

/** Gives a value as one line of JSON that is safe for a terminal and parses to the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(controls, character =>
    character.replaceAll(/[\s\S]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
}
