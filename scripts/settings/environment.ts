import { keyVariable as retrievalKey, retrievalVariables } from '../../functions/retrieval/config.ts'
import { keyVariable as rotationKey, rotationVariables } from '../../functions/rotation/config.ts'
import { identityVariable } from '../../functions/rotation/identities.ts'
import { callerVariable } from '../../functions/shared/callers.ts'
import { logLevel } from '../../functions/shared/env.ts'
import { type Form as EnvironmentForm, UnfitError } from '../../functions/shared/form.ts'

/** An environment variable of the functions. */
export interface EnvironmentVariable {
  readonly name: string
  /** Where it is read, and what it must be there. */
  readonly forms: readonly Form[]
  readonly meaning: string
}

/** What a variable must be. Without a default it is required, or nothing is done without it. */
export interface Form {
  readonly of: 'rotation' | 'retrieval' | 'both'
  readonly expected: string
  readonly default: string | undefined
  readonly required: boolean
}

/** One variable for each caller, or identity, named after it. */
const callers = { 'CALLER_<NAME>': callerVariable }
const rotation = {
  ...rotationVariables,
  'KEY_<NAME>': rotationKey,
  ...callers,
  'IDENTITY_<NAME>': identityVariable,
  LOG_LEVEL: logLevel,
}
const retrieval = { ...retrievalVariables, 'KEY_<NAME>': retrievalKey, ...callers, LOG_LEVEL: logLevel }

/** The compiler holds this table to the variables that the functions read. */
const meanings: Record<keyof typeof rotation | keyof typeof retrieval, string> = {
  'CALLER_<NAME>':
    'a caller that is known: each of `consumers` and `monitors`, and each operator; several hashes while one key replaces another. The name in capitals, with `_` for all but letters and digits',
  'KEY_<NAME>':
    'a key: each of `keys`; the name in capitals, with `_` for hyphens. Without `rotation_schedule` no CRON is there, and the status notes `paused`',
  API_KEY_QUOTA: 'how many API keys the organization may have: `api_key_quota`, for the status of several keys',
  CREDENTIAL_MAX_AGE_DAYS:
    "how many days old a key of the deployment's own may become before the status alarms: `credential_max_age_days`; 0: any age",
  API_URL: "Scaleway's API; only a local Scaleway is elsewhere",
  LOG_LEVEL: 'the least urgent lines that are written; Terraform leaves it at its default',
  ROTATOR_ACCESS_KEY: "the rotator's access key",
  ROTATOR_SECRET_KEY: "the rotator's secret key",
  'IDENTITY_<NAME>':
    "one of the deployment's own applications, with its keys that Terraform made: each other key of it is an alarm",
  NOTIFICATION_URL: 'who is notified. Nothing is sent without it',
  NOTIFICATION_SECRET: 'what signs notifications; required with `NOTIFICATION_URL`',
  HEARTBEAT_URL: 'what is called after each healthy hourly run. Nothing is called without it',
  TIMEOUT_SECONDS: "the function's own timeout; a run ends before it",
  READER_SECRET_KEY: "the reader's secret key",
  CACHE_SECONDS: 'how long the memory of an instance answers',
  STALE_SECONDS: 'how much longer it answers while Scaleway is unreachable',
}

/** Gives every environment variable that the functions read, in the order of the table above. */
export function environmentVariables(): EnvironmentVariable[] {
  const inRotation = new Map(Object.entries(rotation))
  const inRetrieval = new Map(Object.entries(retrieval))
  return Object.entries(meanings).map(([name, meaning]) => {
    const forms = [formOf('rotation', inRotation.get(name)), formOf('retrieval', inRetrieval.get(name))].flat()
    return { name, meaning, forms: merged(forms) }
  })
}

/** Asks a form what it expects and what it takes for a value that is not set: no second copy of either. */
function formOf(of: Form['of'], form: EnvironmentForm<unknown> | undefined): Form[] {
  if (form === undefined) return []
  const { expected = '' } = tryOut(form, 'nothing that any form takes')
  const unset = tryOut(form, undefined)
  const required = unset.expected !== undefined
  return [{ of, expected, required, default: required ? undefined : defaultText(unset.output) }]
}

function tryOut(form: EnvironmentForm<unknown>, given: unknown): { output?: unknown; expected?: string } {
  try {
    return { output: form(given) }
  } catch (error) {
    if (error instanceof UnfitError) return { expected: error.expected }
    throw error
  }
}

function defaultText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function merged(forms: readonly Form[]): Form[] {
  const [first, second] = forms
  if (first === undefined || second === undefined) return [...forms]
  const same = first.expected === second.expected && first.default === second.default
  return same ? [{ ...first, of: 'both' }] : [first, second]
}
