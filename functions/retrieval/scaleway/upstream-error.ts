import { HttpError } from '../../shared/http-error.ts'

const errors = {
  'upstream-unreachable': { status: 502, message: 'The connection to Scaleway broke or could not be made. Try again.' },
  'upstream-timeout': { status: 504, message: 'Scaleway did not answer in time. Try again.' },
  'upstream-error': { status: 502, message: 'Scaleway answered with an error. Try again; the log says more.' },
  'upstream-unreadable': {
    status: 502,
    message: 'Scaleway answered with something that is not what was requested. Try again; the log says more.',
  },
  'upstream-refused': {
    status: 502,
    message:
      "Scaleway refused the call of this function: its key is expired or deleted, lacks SecretManagerSecretAccess on the secret, or the secret_id in KEY_<NAME> is wrong. A policy that was just made takes a minute; otherwise replace the reader's key.",
  },
  'no-key-yet': {
    status: 404,
    message:
      'The secret has no enabled version, or was deleted. An empty POST /name to the rotation function (name: that of the key) makes a key, or answers secret-deleted: then restore the secret.',
  },
  'unexpected-payload': {
    status: 502,
    message:
      'The newest enabled version does not hold a key of the expected form. Disable that version, or publish a new key with POST /name {"action":"rotate","force":true} to the rotation function (name: that of the key).',
  },
} as const

/**
 * The closed codes for what can go wrong between this function and Secret Manager. The `upstream-…` codes mean the same
 * in rotation.
 */
export type UpstreamErrorCode = keyof typeof errors

/** More about an error, for log and answer: never upstream content. */
interface UpstreamErrorOptions {
  /** It may be over in a moment (time-out, broken connection, 429, 5xx), so a value in memory may stand in for a while. */
  readonly transient?: boolean
  readonly revision?: number
  /** What exactly was seen, in closed words, a status or an error code of Node's: for the log alone. */
  readonly seen?: string | number
}

/** Secret Manager gave no key. Answered as its code says. */
export class UpstreamError extends HttpError {
  readonly transient: boolean
  readonly seen: string | number | undefined

  constructor(code: UpstreamErrorCode, { transient = false, revision, seen }: UpstreamErrorOptions = {}) {
    super({ ...errors[code], code, details: revision === undefined ? {} : { revision } })
    this.name = 'UpstreamError'
    this.transient = transient
    this.seen = seen
  }
}
