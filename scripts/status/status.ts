import * as v from 'valibot'
import { keyName } from '../deployment/key-name.ts'
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

const rotatorKey = v.optional(v.nullable(v.object({ access_key: text, created_at: date, expires_at: dateOrNull })))
const credential = v.object({ name: text, access_key: text, created_at: date, expires_at: dateOrNull })
const credentials = v.optional(v.array(credential))
// An older function reports none.
const version = v.optional(text)
const problems = v.array(v.object({ code: text, alarming: v.boolean(), message: text }))

/** The form of the status of a key. Fields and codes that a later version adds are accepted. */
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
  rotator_key: rotatorKey,
  credentials,
  problems,
  version,
})

/** The form of `GET /` of a rotation function with several keys; an error stands where a key's status could not be read. */
const formOfSeveral = v.object({
  healthy: v.boolean(),
  rotator_key: rotatorKey,
  credentials,
  api_keys: v.optional(v.object({ used: v.number(), quota: v.number() })),
  problems,
  version,
  keys: v.record(keyName, v.union([form, v.object({ healthy: v.literal(false), error: text })])),
})

/** The status of a key. Its texts are safe to print on a terminal. */
export type Status = v.InferOutput<typeof form>

/** The status of a deployment with several keys. Its texts are safe to print on a terminal. */
export type StatusOfSeveral = v.InferOutput<typeof formOfSeveral>

/** Parses the status of a key; undefined if it is none. */
export function readStatus(body: unknown): Status | undefined {
  const parsed = v.safeParse(form, body)
  return parsed.success ? parsed.output : undefined
}

/** Parses the status of a deployment with several keys; undefined if it is none. */
export function readStatusOfSeveral(body: unknown): StatusOfSeveral | undefined {
  const parsed = v.safeParse(formOfSeveral, body)
  return parsed.success ? parsed.output : undefined
}
