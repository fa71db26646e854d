import * as v from 'valibot'
import { printable } from './printable.ts'

const text = v.pipe(v.string(), v.transform(printable))
const date = v.pipe(
  v.string(),
  v.transform(given => new Date(given)),
  v.date(),
)
const dateOrNull = v.nullable(date)
const laterField = v.optional(dateOrNull, null)
const used = v.object({ used: v.number(), limit: v.number() })

const action = v.object({
  kind: text,
  reason: text,
  revision: v.optional(v.number()),
  access_key: v.optional(text),
})

/** The form of `GET /` of the rotation function. Fields and codes that a later version adds are accepted. */
const form = v.object({
  healthy: v.boolean(),
  current: v.nullable(
    v.object({
      access_key: v.nullable(text),
      revision: v.number(),
      created_at: laterField,
      expires_at: dateOrNull,
    }),
  ),
  previous: v.array(
    v.object({
      access_key: text,
      revision: v.number(),
      status: text,
      created_at: laterField,
      ends_after: dateOrNull,
    }),
  ),
  orphans: v.array(v.object({ access_key: text, created_at: date })),
  foreign_keys: v.array(text),
  foreign_versions: v.array(v.number()),
  quota: v.object({ versions: used, keys: used }),
  next: v.object({ actions: v.array(action), refused: v.nullable(text) }),
  next_rotation: v.optional(dateOrNull),
  overdue_after: v.optional(dateOrNull),
  rotator_key: v.optional(v.nullable(v.object({ access_key: text, created_at: date, expires_at: dateOrNull }))),
  problems: v.array(v.object({ code: text, alarming: v.boolean(), message: text })),
})

/** The status of a rotation function. Its texts are safe to print on a terminal. */
export type Status = v.InferOutput<typeof form>

/** Parses an answer of the rotation function; undefined if it is not a status. */
export function readStatus(body: unknown): Status | undefined {
  const parsed = v.safeParse(form, body)
  return parsed.success ? parsed.output : undefined
}
