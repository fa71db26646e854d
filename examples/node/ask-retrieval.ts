import { setTimeout as sleep } from 'node:timers/promises'

const busyPausesMs = [1_000, 2_000]

/** A key and the revision of the secret that holds it. Logging it, or turning it into JSON, does not show the secret key. */
export class Key {
  readonly #secretKey: string
  readonly accessKey: string
  readonly revision: number

  constructor(accessKey: string, secretKey: string, revision: number) {
    this.#secretKey = secretKey
    this.accessKey = accessKey
    this.revision = revision
  }

  get secretKey(): string {
    return this.#secretKey
  }
}

/** The address of retrieval, which ends in the name of a key where there are several, and this consumer's own credential for it. */
export interface Retrieval {
  readonly url: string
  readonly consumerKey: string
  /** The limit for one request, its body included. Default: 70 s, because a cold start may take a minute. */
  readonly timeoutMs?: number
  /** Sends the credential as X-Caller-Key as well: the deployment has `send_caller_key`. Default: SEND_CALLER_KEY is true. */
  readonly sendCallerKey?: boolean
}

/** A key with the tag to send next time. `stale`: retrieval could not reach Scaleway and gave its cached key. */
export interface Answer {
  readonly key: Key
  readonly etag: string
  readonly stale: boolean
}

/** Why there is no answer, in words for an operator; never holds a credential. */
export class RetrievalError extends Error {
  override readonly name = 'RetrievalError'
}

/** Checks what can be checked before the first request. Throws an Error that names the setting. */
export function checkRetrieval({ url, consumerKey }: Retrieval): void {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (protocol !== 'https:' && !(protocol === 'http:' && loopback))
    throw new Error('RETRIEVAL_URL must be an https URL (http only on loopback): the credential is sent there.')
  if (!/^[\x21-\x7e]+$/.test(consumerKey))
    throw new Error('CONSUMER_KEY must be a secret key, without blanks: terraform output -json consumer_secret_keys.')
  if (!['true', 'false', ''].includes(process.env.SEND_CALLER_KEY ?? ''))
    throw new Error('SEND_CALLER_KEY must be true, false or empty.')
}

/**
 * Asks retrieval, again after a moment while it is too busy to take the request. `etag` is the tag of the held key, `noCache`
 * makes retrieval ask Scaleway instead of its cache. Gives `unchanged` when the held key is still the current one. @throws {RetrievalError}
 */
export async function askRetrieval(
  { url, timeoutMs = 70_000, ...credential }: Retrieval,
  { etag, noCache }: { readonly etag: string | undefined; readonly noCache: boolean },
): Promise<Answer | 'unchanged'> {
  const headers = {
    ...credentialHeaders(credential),
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    // Always sent: with an If-None-Match alone, fetch itself would add no-cache.
    'Cache-Control': noCache ? 'no-cache' : 'max-age=0',
  }
  try {
    // A redirect is never followed: it would carry the credential to another host.
    const ask = () => fetch(withoutSlash(url), { headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    let response = await ask()
    for (const pauseMs of busyPausesMs) {
      // The platform's own refusals: it may queue parallel requests, or refuse them.
      if (response.status !== 429 && response.status !== 503) break
      await sleep(pauseMs * (0.5 + Math.random()))
      response = await ask()
    }
    const text = await response.text()
    if (response.status === 304 && etag !== undefined) return 'unchanged'
    if (response.status !== 200) throw new RetrievalError(explain(response.status, text))
    return readAnswer(response.headers, text)
  } catch (error) {
    throw error instanceof RetrievalError ? error : new RetrievalError(`Retrieval is unreachable: ${why(error)}.`)
  }
}

/** A name with a slash behind it is no name. */
function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** The same credential in each header, because the platform may keep one of them to itself. */
function credentialHeaders({
  consumerKey,
  sendCallerKey = process.env.SEND_CALLER_KEY === 'true',
}: Pick<Retrieval, 'consumerKey' | 'sendCallerKey'>): Record<string, string> {
  return {
    'X-Auth-Token': consumerKey,
    Authorization: `Bearer ${consumerKey}`,
    ...(sendCallerKey ? { 'X-Caller-Key': consumerKey } : {}),
  }
}

function explain(status: number, text: string): string {
  const code = /"error":\s*"([a-z-]{1,40})"/.exec(text)?.[1] ?? 'no code'
  const seen = `(${status}, ${code})`
  if (code === 'no-credential')
    return `No credential reaches retrieval ${seen}: set SEND_CALLER_KEY=true, and send_caller_key in the deployment.`
  if (status === 401 || status === 403)
    return `Retrieval refuses this consumer's own credential ${seen}: check CONSUMER_KEY, and \`consumers\` of the deployment.`
  if (code === 'no-key-yet') return `There is no key yet ${seen}: POST to the rotation function makes the first one.`
  if (code === 'key-not-named')
    return `Retrieval has no key for this consumer at this address ${seen}: RETRIEVAL_URL must end in the name of one of its own.`
  if (status < 400)
    return `Retrieval redirects or answers unexpectedly ${seen}, and no redirect is followed: check RETRIEVAL_URL.`
  if (status < 500 && status !== 429) return `Retrieval refuses this request ${seen}: check RETRIEVAL_URL.`
  return `Retrieval is unavailable ${seen}.`
}

function readAnswer(headers: Headers, text: string): Answer {
  const { API_KEY: accessKey, SECRET_KEY: secretKey } = readObject(text)
  const etag = headers.get('etag')
  const revision = Number(headers.get('x-key-revision'))
  if (typeof accessKey !== 'string' || !/^SCW[A-Z0-9]{17}$/.test(accessKey)) throw unusable('API_KEY')
  if (typeof secretKey !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(secretKey))
    throw unusable('SECRET_KEY')
  if (etag === null) throw unusable('ETag')
  if (!Number.isSafeInteger(revision) || revision < 1) throw unusable('X-Key-Revision')
  return { key: new Key(accessKey, secretKey, revision), etag, stale: headers.has('warning') }
}

/** The error of JSON.parse quotes the text, so it is dropped. */
function readObject(text: string): { readonly API_KEY?: unknown; readonly SECRET_KEY?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function unusable(what: string): RetrievalError {
  return new RetrievalError(`Retrieval's answer has no usable ${what}: it is ignored. Check RETRIEVAL_URL.`)
}

function why(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string') return code
  return cause instanceof Error ? cause.name : 'no reason given'
}
