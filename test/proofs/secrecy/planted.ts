/** A fragment of this many characters counts as a leak: an error of JSON.parse quotes that much. */
const fragmentLength = 12
const stride = 6

/**
 * Searches texts for planted secrets, in every form that they may have been written in: unchanged, without dashes, in
 * capitals, in base64 at any offset (also as part of a longer text), base64 twice, hex, percent or \u escapes,
 * character codes, backwards; and any piece of 17 characters or more.
 */
export class Search {
  /** By form, with the name of the secret: forms that are searched exactly, and forms that are searched in any case. */
  readonly #exact = new Map<string, string>()
  readonly #anyCase = new Map<string, string>()

  /** Plants a secret. Takes its name for reports, and its plain text. */
  plant(name: string, text: string): void {
    if (this.#anyCase.has(text.toLowerCase())) return
    for (const form of base64Forms(text)) this.#exact.set(form, name)
    for (const form of base64Forms(Buffer.from(text).toString('base64'))) this.#exact.set(form, name)
    for (const form of plainForms(text)) this.#anyCase.set(form.toLowerCase(), name)
  }

  /** Gives the names of the secrets that the text contains in any form. */
  find(text: string): string[] {
    const found = new Set<string>()
    for (const [form, name] of this.#exact) if (text.includes(form)) found.add(name)
    const lower = text.toLowerCase()
    for (const [form, name] of this.#anyCase) if (lower.includes(form)) found.add(name)
    return [...found]
  }

  /** How many forms of secrets are searched for. */
  get size(): number {
    return this.#exact.size + this.#anyCase.size
  }
}

function plainForms(text: string): string[] {
  const bytes = [...Buffer.from(text)]
  const hex = bytes.map(byte => byte.toString(16).padStart(2, '0'))
  return [
    text,
    text.replaceAll('-', ''),
    hex.join(''),
    hex.join(' '),
    encodeURIComponent(text),
    hex.map(pair => `%${pair}`).join(''),
    hex.map(pair => `\\u00${pair}`).join(''),
    hex.map(pair => `&#x${pair};`).join(''),
    bytes.join(','),
    bytes.join(', '),
    [...text].reverse().join(''),
    [...text].join(','),
    ...fragments(text),
  ]
}

function fragments(text: string): string[] {
  const found: string[] = []
  for (let from = 0; from + fragmentLength <= text.length; from += stride) {
    found.push(text.slice(from, from + fragmentLength))
  }
  return found
}

/** The part that every base64 text of these bytes contains, at each of the three offsets; and the same in base64url. */
function base64Forms(text: string): string[] {
  const forms = [0, 1, 2].map(offset => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64')
    const from = Math.ceil((offset * 8) / 6)
    return encoded.slice(from, Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6))
  })
  return [...forms, ...forms.map(form => form.replaceAll('+', '-').replaceAll('/', '_'))]
}
