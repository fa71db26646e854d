import { type Form, type Forms, form, optional, type ReadAs, readAll, readOne, textForm, UnfitError } from './form.ts'
import { parseJsonObject } from './json.ts'
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
 * Reads a set of variables, each by its own form. An empty value counts as not set: empty secret values do not survive a
 * deployment (docs/scaleway.md#secret-variables-in-state).
 * @throws {MisconfiguredError} for the first variable that does not fit
 */
export function readEnv<const Named extends Forms>(env: Env, forms: Named): ReadAs<Named> {
  return readAll(
    forms,
    Object.fromEntries(Object.keys(forms).map(name => [name, env[name] || undefined])),
    misconfigured,
  )
}

/**
 * Reads every variable whose name begins with a prefix, by one form. Gives them by their names; an empty one counts as
 * not set.
 * @throws {MisconfiguredError} for the first variable that does not fit
 */
export function readEach<Output>(env: Env, prefix: string, of: Form<Output>): Map<string, Output> {
  const names = Object.keys(env).filter(name => name.startsWith(prefix) && env[name])
  return new Map(names.map(name => [name, readOne(name, of, env, misconfigured)]))
}

const misconfigured = (variable: string, expected: string) => new MisconfiguredError(variable, expected)

const apiUrlForm = `${protectedUrlForm} and without a slash at its end`

/**
 * Where Scaleway's API is. Only a local Scaleway is elsewhere than the default. Each call carries the function's own secret
 * key, and so crosses no network in clear text.
 */
export const apiUrl = optional(
  textForm(
    text => (/^\w+:\/\/[^\s/?#]+(\/[^\s?#]*[^\s/?#])?$/.test(text) && isProtectedUrl(text) ? text : undefined),
    apiUrlForm,
  ),
  'https://api.scaleway.com',
)

/** A number between two bounds, both allowed, with a default. */
export function number({ min, max, default: fallback }: { min: number; max: number; default: number }) {
  const expected = `a number from ${min} to ${max}`
  const read = (text: string) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : undefined
  }
  return optional(textForm(read, expected), fallback)
}

/** The least urgent lines that are written. */
export const logLevel = optional(
  form(given => logLevels.find(level => level === given), `one of ${logLevels.join(', ')}`),
  'info',
)

/**
 * Reads the level of the log (`info` when not set) by itself, so that a log is there when another setting is wrong.
 * @throws {MisconfiguredError}
 */
export function readLogLevel(env: Env): LogLevel {
  return readEnv(env, { LOG_LEVEL: logLevel }).LOG_LEVEL
}

/**
 * JSON text of an object. What is wrong in it is said of its field: "a JSON object whose overlap_hours is a number from 0 to
 * 144". Fields that are not named are passed over: during an upgrade, the code of the release before reads what the next one
 * adds.
 */
export function jsonObject<const Named extends Forms>(fields: Named): Form<ReadAs<Named>> {
  const ofObject = textForm(parseJsonObject, `a JSON object of ${Object.keys(fields).join(', ')}`)
  const refuse = (field: string, expected: string) => new UnfitError(`a JSON object whose ${field} is ${expected}`)
  return given => readAll(fields, ofObject(given), refuse)
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
