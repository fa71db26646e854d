import * as v from 'valibot'

/** The error codes that each function may answer when calls to Scaleway fail, by status (docs/http.md). */
const codes = {
  rotation: {
    409: ['in-flight', 'blocked', 'overtaken', 'rolled-back', 'secret-deleted'],
    502: [
      'upstream-unreachable',
      'upstream-refused',
      'upstream-error',
      'upstream-unreadable',
      'secret-gone',
      'list-incomplete',
      'not-proven',
    ],
    504: ['upstream-timeout', 'out-of-time'],
  },
  retrieval: {
    404: ['no-key-yet'],
    502: ['upstream-unreachable', 'upstream-refused', 'upstream-error', 'upstream-unreadable'],
    504: ['upstream-timeout'],
  },
} as const satisfies Record<string, Record<number, readonly string[]>>

const form = v.object({ error: v.string(), message: v.string(), request_id: v.string() })

/** True for a documented answer other than 200 and 304: the status, and a JSON error with a known code. */
export function isDocumented(name: keyof typeof codes, { status, text }: { status: number; text: string }): boolean {
  const known: Readonly<Record<number, readonly string[]>> = codes[name]
  const parsed = v.safeParse(form, readJson(text))
  return parsed.success && known[status]?.includes(parsed.output.error) === true
}

/** Parses a JSON text; undefined for any other text. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
