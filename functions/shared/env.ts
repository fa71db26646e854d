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
  const read = new Map<string, v.InferOutput<Form>>()
  for (const name of Object.keys(env)) {
    const value = name.startsWith(prefix) ? env[name] : undefined
    if (!value) continue
    const parsed = v.safeParse(form, value)
    if (!parsed.success) throw new MisconfiguredError(name, parsed.issues[0].message)
    read.set(name, parsed.output)
  }
  return read
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
  return fromText(expected, given => {
    const parsed = v.safeParse(form, parseJson(given), { abortEarly: true })
    return parsed.success ? { output: parsed.output } : { expected }
  })
}

/**
 * JSON text of an object. What is wrong in it is said of its field: "an object whose overlap_hours is a number from 0 to 144".
 * Fields that are not named are passed over: during an upgrade, the code of the release before reads what the next one adds.
 */
export function jsonObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  const form = v.object(entries)
  const expected = `a JSON object of ${Object.keys(entries).join(', ')}`
  // A field that is not there is refused by its own schema, in its own words, once it is there without a value.
  const unset = Object.fromEntries(Object.keys(entries).map(field => [field, undefined]))
  return fromText(expected, text => {
    const given = parseJson(text)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return { expected }
    const parsed = v.safeParse(form, { ...unset, ...given }, { abortEarly: true })
    if (parsed.success) return { output: parsed.output }
    const [issue] = parsed.issues
    return { expected: `a JSON object whose ${String(issue.path?.[0]?.key)} is ${issue.message}` }
  })
}

/** Text from which something is read once, which keeps a cold start short; or what was expected instead. */
function fromText<Output>(expected: string, read: (text: string) => { output: Output } | { expected: string }) {
  return v.pipe(
    v.string(expected),
    v.rawTransform<string, Output>(({ dataset, addIssue, NEVER }) => {
      const result = read(dataset.value)
      if ('output' in result) return result.output
      addIssue({ message: result.expected })
      return NEVER
    }),
  )
}

/**
 * Refuses variables of which two hold the same in a field that must be each one's own, or one twice in its list.
 * @throws {MisconfiguredError} naming the second one
 */
export function requireDistinct<Fields extends string>(
  read: ReadonlyMap<string, Readonly<Record<Fields, string | readonly string[]>>>,
  fields: readonly Fields[],
  expected: string,
): void {
  for (const field of fields) {
    const taken = new Set<string>()
    for (const [variable, values] of read) {
      for (const own of [values[field]].flat()) {
        if (taken.has(own.toLowerCase())) throw new MisconfiguredError(variable, expected)
        taken.add(own.toLowerCase())
      }
    }
  }
}
