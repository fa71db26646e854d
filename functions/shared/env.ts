import * as v from 'valibot'
import { matching } from './formats.ts'
import { parseJson } from './json.ts'
import { type LogLevel, logLevels } from './log.ts'

/** The environment as Node gives it. */
export type Env = Readonly<Record<string, string | undefined>>

/** A setting that is missing or malformed. It names the variable and what was expected, never the value. */
export class MisconfiguredError extends Error {
  readonly variable: string

  constructor(variable: string, expected: string) {
    super(`The environment variable ${variable} must be ${expected}. Set it on the function and deploy again.`)
    this.name = 'MisconfiguredError'
    this.variable = variable
  }
}

/**
 * Reads a set of variables, each by its own schema, whose message says what is expected ("a UUID").
 * An empty value counts as not set: empty secret values do not survive a deployment
 * (docs/scaleway.md#secret-variables-in-state).
 * @throws {MisconfiguredError} for the first variable that does not fit
 */
export function readEnv<const Entries extends v.ObjectEntries>(
  env: Env,
  entries: Entries,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const given = Object.fromEntries(Object.keys(entries).map(name => [name, env[name] || undefined]))
  const parsed = v.safeParse(v.object(entries), given, { abortEarly: true })
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  throw new MisconfiguredError(String(issue.path?.[0]?.key), issue.message)
}

/** Where Scaleway's API is. Only a local Scaleway is elsewhere than the default. */
export const apiUrl = v.optional(
  matching(/^https?:\/\/[^\s/]+(\/[^\s]*[^\s/])?$/, 'an http(s) URL without a slash at its end'),
  'https://api.scaleway.com',
)

/** `true` or `false`; false when not set. */
export const flag = v.pipe(
  v.optional(v.picklist(['true', 'false'], 'true or false'), 'false'),
  v.transform(text => text === 'true'),
)

/** A number between two bounds, both allowed, with a default. */
export function number({ min, max, default: fallback }: { min: number; max: number; default: number }) {
  const expected = `a number from ${min} to ${max}`
  return v.pipe(
    v.optional(matching(/^\d+(\.\d+)?$/, expected), String(fallback)),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  )
}

const sha256Form = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** A JSON list of SHA-256 hashes (64 lower-case hex digits); empty when not set. */
export const sha256List = json(v.array(sha256Form), '[]', 'a JSON list of SHA-256 hashes in lower-case hex')

/** A JSON object from a name to the SHA-256 hash of that caller's secret key; empty when not set. */
export const sha256ByName = json(
  v.pipe(
    v.unknown(),
    v.check(value => !Array.isArray(value)),
    v.record(v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)), sha256Form),
  ),
  '{}',
  'a JSON object from a name (letters, digits, . _ -) to a SHA-256 hash in lower-case hex',
)

/**
 * Reads the level of the log (`info` when not set) by itself, so that a log is there when another setting is wrong.
 * @throws {MisconfiguredError}
 */
export function readLogLevel(env: Env): LogLevel {
  const level = v.picklist(logLevels, `one of ${logLevels.join(', ')}`)
  return readEnv(env, { LOG_LEVEL: v.optional(level, 'info') }).LOG_LEVEL
}

function json<const Form extends v.GenericSchema>(form: Form, fallback: string, expected: string) {
  return v.pipe(
    v.optional(v.string(expected), fallback),
    v.transform(parseJson),
    v.check(value => v.is(form, value), expected),
    v.transform(value => v.parse(form, value)),
  )
}
