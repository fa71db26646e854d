import type { Arguments } from '../../http/arguments.ts'
import { invalidArgument } from '../../http/errors.ts'
import type { Target } from '../../iam/authorization.ts'
import type { Call } from '../../router.ts'

/** The path of the Functions API (docs/scaleway.md#functions-api). */
export const FUNCTIONS = '/functions/v1beta1/regions/:region'

const regions = ['fr-par', 'nl-ams', 'pl-waw']

/** The region of the path; 400 for one that has no Functions (docs/scaleway.md#functions-api). */
export function regionOf(call: Call): string {
  const region = call.param('region')
  if (!regions.includes(region)) throw invalidArgument('region', 'constraint', 'unknown region')
  return region
}

/**
 * What policies see of anything in a project: no `resource.id`, because no document says that conditions have one for
 * Functions, so that a rule which needs it grants nothing here (docs/scaleway.md#conditions).
 */
export function targetIn(projectId: string | undefined): Target {
  return projectId === undefined ? {} : { projectId }
}

/** A text of a request; undefined when left out, empty or `unknown_…` (docs/scaleway.md#functions-api). */
export function givenText(body: Arguments, name: string): string | undefined {
  const value = body.text(name)
  return value === undefined || value === '' || value.startsWith('unknown_') ? undefined : value
}

/** One of the words; undefined when it is not given. Refuses another with 400. */
export function givenWord<Word extends string>(
  body: Arguments,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = givenText(body, name)
  const word = words.find(candidate => candidate === value)
  if (value !== undefined && word === undefined) throw invalidArgument(name, 'format')
  return word
}

const duration = /^(\d+)(?:\.\d+)?s$/

/** Whole seconds of a wire duration such as `300s` or `300.000000000s`; undefined when it is not given. */
export function givenSeconds(body: Arguments, name: string): number | undefined {
  const value = givenText(body, name)
  if (value === undefined) return undefined
  const [, seconds] = duration.exec(value) ?? []
  if (seconds === undefined) throw invalidArgument(name, 'format')
  return Number(seconds)
}
