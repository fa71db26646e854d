import * as v from 'valibot'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { type CallerHeader, callerHeadersOutput } from '../deployment/caller-headers.ts'
import {
  addressOutput,
  type OutputsSource,
  optionalKeyOutput,
  output,
  protectedAddress,
  readOutputs,
} from '../deployment/outputs.ts'

/** The addresses of a deployment and the secret keys of its callers, by name where there can be several. */
export interface Deployed {
  readonly rotationUrl: string
  readonly retrievalUrl: string
  readonly operatorKey: string
  readonly consumerKeys: Readonly<Record<string, string>>
  readonly monitorKeys: Readonly<Record<string, string>>
  /** The headers that every call gives its key in. */
  readonly callerHeaders: readonly CallerHeader[]
}

// valibot's own record leaves out names such as `__proto__` without a word, and such a caller would go unchecked.
const keysByName = v.custom<Readonly<Record<string, string>>>(
  value => value instanceof Object && Object.values(value).every(key => typeof key === 'string'),
)
const keys = v.optional(output(v.nullable(keysByName)))
const form = v.object({
  rotation_url: addressOutput,
  retrieval_url: addressOutput,
  operator_secret_key: optionalKeyOutput,
  consumer_secret_keys: keys,
  monitor_secret_keys: keys,
  caller_headers: callerHeadersOutput,
})

/**
 * Reads the addresses and keys of a deployment. `token` is the operator's secret key where Terraform made none.
 * @throws {CannotProceedError} with the remedy; never quotes an output
 */
export async function readDeployed(source: OutputsSource, token: string | undefined): Promise<Deployed> {
  const parsed = v.safeParse(form, await readOutputs(source))
  if (!parsed.success) throw new CannotProceedError(notApplied)
  const {
    rotation_url,
    retrieval_url,
    operator_secret_key,
    consumer_secret_keys,
    monitor_secret_keys,
    caller_headers,
  } = parsed.output
  const operatorKey = operator_secret_key ?? token
  if (operatorKey === undefined || operatorKey === '') throw new CannotProceedError(noOperatorKey)
  return {
    rotationUrl: protectedAddress('rotation_url', rotation_url),
    retrievalUrl: protectedAddress('retrieval_url', retrieval_url),
    operatorKey,
    consumerKeys: consumer_secret_keys ?? {},
    monitorKeys: monitor_secret_keys ?? {},
    callerHeaders: caller_headers,
  }
}

const notApplied =
  'terraform output has no rotation_url and retrieval_url here: nothing is applied from this folder yet. Run terraform apply first, or name the folder with --dir.'
const noOperatorKey =
  "This deployment has no operator key of its own (operator_key_sha256 is set): put an operator's secret key into the environment variable TOKEN."
