/** Parses JSON; malformed text gives `undefined`, never an error that quotes the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
