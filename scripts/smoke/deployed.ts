import * as v from 'valibot'
import { keyName } from '../../functions/shared/key-names.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { addressOf } from '../deployment/address.ts'
import { type CallerHeader, callerHeadersOutput } from '../deployment/caller-headers.ts'
import {
  addressOutput,
  type OutputsSource,
  optionalKeyOutput,
  output,
  protectedAddress,
  readOutputs,
} from '../deployment/outputs.ts'
import { type Granted, policiesOutput } from './policies/granted.ts'

/** The addresses of a deployment and the secret keys of its callers, by name where there can be several. */
export interface Deployed {
  readonly rotationUrl: string
  readonly retrievalUrl: string
  readonly operatorKey: string
  readonly consumerKeys: Readonly<Record<string, string>>
  readonly monitorKeys: Readonly<Record<string, string>>
  /** The headers that every call gives its key in. */
  readonly callerHeaders: readonly CallerHeader[]
  /** Undefined where the state is older than the output. */
  readonly granted: Granted | undefined
  /** One at least. */
  readonly keys: readonly DeployedKey[]
}

/** A key of the deployment: where it is called, and whose it is. */
export interface DeployedKey {
  /** Undefined where it is the only one: then it is called at `/`, and no line names it. */
  readonly name: string | undefined
  readonly rotationUrl: string
  readonly retrievalUrl: string
  /** Whether the consumer of a name may fetch it. */
  readonly isOf: (consumer: string) => boolean
}

// valibot's own record leaves out names such as `__proto__` without a word, and such a caller would go unchecked.
const keysByName = v.custom<Readonly<Record<string, string>>>(
  value => value instanceof Object && Object.values(value).every(key => typeof key === 'string'),
)
const callerKeys = v.optional(output(v.nullable(keysByName)))
// A state that is older than several keys lacks it, and each of its consumers may fetch the one key.
const keysOutput = v.optional(
  output(v.record(keyName, v.object({ consumers: v.optional(v.array(v.string())) }))),
  () => ({}),
)
const form = v.object({
  rotation_url: addressOutput,
  retrieval_url: addressOutput,
  operator_secret_key: optionalKeyOutput,
  consumer_secret_keys: callerKeys,
  monitor_secret_keys: callerKeys,
  keys: keysOutput,
  caller_headers: callerHeadersOutput,
  policies: policiesOutput,
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
    keys,
    policies,
  } = parsed.output
  const operatorKey = operator_secret_key ?? token
  if (operatorKey === undefined || operatorKey === '') throw new CannotProceedError(noOperatorKey)
  const urls = {
    rotationUrl: protectedAddress('rotation_url', rotation_url),
    retrievalUrl: protectedAddress('retrieval_url', retrieval_url),
  }
  return {
    ...urls,
    keys: deployedKeys(keys, urls),
    operatorKey,
    consumerKeys: consumer_secret_keys ?? {},
    monitorKeys: monitor_secret_keys ?? {},
    callerHeaders: caller_headers,
    granted: policies ?? undefined,
  }
}

/** Gives the key to call where one is enough. */
export function oneKey({ keys: [first] }: Pick<Deployed, 'keys'>): DeployedKey {
  if (first === undefined) throw new Error('A deployment has at least one key.')
  return first
}

/** Gives the name of a key as part of a sentence, after a word; nothing where it is the only one. */
export function nameAfter(word: string, { name }: Pick<DeployedKey, 'name'>): string {
  return name === undefined ? '' : `${word}${name}`
}

/** The first one too is called by its name where there are several. */
function deployedKeys(
  keys: v.InferOutput<typeof keysOutput>,
  { rotationUrl, retrievalUrl }: Pick<Deployed, 'rotationUrl' | 'retrievalUrl'>,
): readonly DeployedKey[] {
  const named = Object.entries(keys).map(([name, { consumers }]) => ({
    name,
    rotationUrl: addressOf(rotationUrl, name),
    retrievalUrl: addressOf(retrievalUrl, name),
    isOf: (consumer: string) => consumers === undefined || consumers.includes(consumer),
  }))
  if (named.length > 1) return named
  const isOf = named[0]?.isOf ?? (() => true)
  return [{ name: undefined, rotationUrl, retrievalUrl, isOf }]
}

const notApplied =
  'terraform output has no rotation_url and retrieval_url here: nothing is applied from this folder yet. Run terraform apply first, or name the folder with --dir.'
const noOperatorKey =
  "This deployment has no operator key of its own (operator_key_sha256 is set): put an operator's secret key into the environment variable TOKEN."
