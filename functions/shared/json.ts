/** Parses JSON; malformed text gives `undefined`, never an error that quotes the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parses the JSON of an object; anything else gives `undefined`. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const given = parseJson(text)
  return isObject(given) ? given : undefined
}

function isObject(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}
