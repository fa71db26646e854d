import * as v from 'valibot'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { type CallerHeader, callerHeadersFor, callerHeadersOutput } from '../deployment/caller-headers.ts'
import { addressOutput, optionalKeyOutput, protectedAddress, readOutputs } from '../deployment/outputs.ts'
import type { StatusOptions } from './options.ts'

/** The rotation function to ask, the key to ask with, and the headers to give it in. */
export interface Target {
  readonly url: string
  readonly token: string
  readonly callerHeaders: readonly CallerHeader[]
}

/** What is read from the environment. */
interface Given {
  readonly token: string | undefined
  /** `SEND_CALLER_KEY`: whether an address is asked with X-Caller-Key as well. Outputs say it themselves. */
  readonly sendCallerKey?: string | undefined
}

const form = v.object({
  rotation_url: addressOutput,
  operator_secret_key: optionalKeyOutput,
  caller_headers: callerHeadersOutput,
})

/**
 * Finds the rotation function and the key to ask with. `token` wins over the operator's key of the outputs: a user who
 * sets it wants to ask as that caller.
 * @throws {CannotProceedError} with the remedy; never quotes an output or a token
 */
export async function findTarget(from: StatusOptions['from'], { token, sendCallerKey }: Given): Promise<Target> {
  if ('url' in from) return { url: from.url, token: usable(token), callerHeaders: callerHeadersFor(sendCallerKey) }
  const parsed = v.safeParse(form, await readOutputs(from))
  if (!parsed.success) throw new CannotProceedError(notApplied)
  const { rotation_url, operator_secret_key: operatorKey, caller_headers: callerHeaders } = parsed.output
  return { url: protectedAddress('rotation_url', rotation_url), token: usable(token || operatorKey), callerHeaders }
}

function usable(token: string | null | undefined): string {
  if (token === undefined || token === null || token === '') throw new CannotProceedError(noToken)
  // Anything else could not be sent as a header.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CannotProceedError(oddToken)
  return token
}

const notApplied =
  'The outputs have no rotation_url: nothing is applied from this folder yet. Run terraform apply first, name the folder with --dir, or ask a running npm start with --url.'
const noToken =
  'There is no key to ask with: put the secret key of an operator or a monitor into the environment variable TOKEN.'
const oddToken = 'TOKEN must be a secret key: letters, digits and punctuation without a space or a line break.'
