import * as v from 'valibot'
import { matching } from './formats.ts'
import { parseJson } from './json.ts'
import { type LogLevel, logLevels } from './log.ts'
import { isProtectedUrl, protectedUrlForm } from './protected-url.ts'

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

/**
 * Reads every variable whose name begins with a prefix, by one schema. Gives them by their names; an empty one counts
 * as not set.
 * @throws {MisconfiguredError} for the first variable that does not fit
 */
export function readEach<const Form extends v.GenericSchema>(
  env: Env,
  prefix: string,
  form: Form,
): Map<string, v.InferOutput<Form>> {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value)
  return new Map(
    set.map(([name, value]) => {
      const parsed = v.safeParse(form, value)
      if (parsed.success) return [name, parsed.output]
      throw new MisconfiguredError(name, parsed.issues[0].message)
    }),
  )
}

const apiUrlForm = `${protectedUrlForm} and without a slash at its end`

/**
 * Where Scaleway's API is. Only a local Scaleway is elsewhere than the default. Each call carries the function's own secret
 * key, and so crosses no network in clear text.
 */
export const apiUrl = v.optional(
  v.pipe(matching(/^\w+:\/\/[^\s/?#]+(\/[^\s?#]*[^\s/?#])?$/, apiUrlForm), v.check(isProtectedUrl, apiUrlForm)),
  'https://api.scaleway.com',
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

/**
 * Reads the level of the log (`info` when not set) by itself, so that a log is there when another setting is wrong.
 * @throws {MisconfiguredError}
 */
export function readLogLevel(env: Env): LogLevel {
  const level = v.picklist(logLevels, `one of ${logLevels.join(', ')}`)
  return readEnv(env, { LOG_LEVEL: v.optional(level, 'info') }).LOG_LEVEL
}

/** Text that holds JSON of a form. `expected` completes the sentence "… must be". */
export function jsonText<const Form extends v.GenericSchema>(form: Form, expected: string) {
  return v.pipe(
    v.string(expected),
    v.transform(parseJson),
    v.check(value => v.is(form, value), expected),
    v.transform(value => v.parse(form, value)),
  )
}
