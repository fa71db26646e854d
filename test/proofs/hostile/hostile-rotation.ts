import { composeRotation } from '../../../functions/rotation/compose.ts'
import { createLog } from '../../../functions/rotation/log.ts'
import type { PlatformResponse } from '../../../functions/shared/endpoint.ts'
import { cronToken } from '../../../scripts/local/identities.ts'
import { type Deployment, deploy, rotationEnv, simulated } from '../../support/rotation.ts'
import type { Chance } from '../harness/chance.ts'
import { type Claim, isUsual, type Made, makeEvent } from './hostile-events-made.ts'
import { isPolluted, judgeAnswer, judgeRefusal, type Promised, quotes } from './hostile-judge.ts'

/** The result of one event. */
export interface Judged {
  readonly status: number
  readonly wrong: readonly string[]
  readonly label: string
}

const promised: Promised = {
  codes: {
    200: [''],
    400: ['bad-request', 'revision-missing'],
    403: ['no-credential', 'unknown-caller', 'operator-only'],
    404: ['unknown-path', 'no-such-key'],
    405: ['method-not-allowed'],
    409: [
      'in-flight',
      'rolled-back',
      'blocked',
      'already-rolled-back',
      'not-current',
      'unknown-revision',
      'no-older-key',
      'previous-not-usable',
      'previous-expires',
      'too-late',
      'replaces-compromised',
      'keys-failed',
    ],
    413: ['body-too-large'],
    500: ['internal-error'],
    503: [''],
  },
  headers: ['Allow'],
  maxBytes: 16 * 1024,
}

/** Sends `count` hostile events to a rotation function, with simulated time between them; checks every answer. */
export async function hostileRotation(luck: Chance, count: number): Promise<Judged[]> {
  const deployment = deploy({ seed: luck.between(1, 1_000_000) })
  const { cloud, clock, ids, lines, rotation, secrets } = deployment
  const handle = handlerOf(deployment)
  const months = luck.between(0, 2)
  for (let month = 0; month < months; month++) {
    await rotation.post()
    clock.advance({ days: 30 })
  }
  const tokens = {
    operator: ids.operator.secretKey,
    consumer: ids.consumer.secretKey,
    monitor: ids.monitor.secretKey,
    cron: cronToken(ids),
  }
  const judged: Judged[] = []
  for (let left = count; left > 0; left--) {
    if (luck.happens(0.2)) clock.advance({ minutes: luck.between(1, luck.one([10, 600, 6_000])) })
    const made = makeEvent(luck, tokens, ['POST', 'POST', 'POST', 'post', 'GET', 'HEAD'])
    lines.length = 0
    cloud.log.clear()
    const { answer, thrown } = await answerTo(handle, made.event)
    const wrong = answer === undefined ? [`it threw: ${thrown}`] : judgeAnswer(answer, made, promised)
    const claim = made.byToken ?? made.claim
    const writes = cloud.log.entries.filter(({ method }) => method !== 'GET').length
    if (writes > 0 && !mayChange(made, claim)) wrong.push(`${writes} writes for a request that may not change anything`)
    const logged = lines.join('')
    const calls = cloud.log.entries.length
    wrong.push(...judgeRefusal({ answer, calls, logged }, claim, made.isPlain), ...judgeRight(answer, made, claim))
    if (answer?.statusCode === 403 && !/"(no-credential|unknown-caller|operator-only)"/.test(logged))
      wrong.push('the log does not say that a caller was refused')
    if (calls > 0 && claim === 'consumer') wrong.push(`${calls} calls to Scaleway for a consumer`)
    if (quotes(logged)) wrong.push('a value of the event is in the log')
    if ([...secrets(), tokens.cron].some(secret => `${logged}${JSON.stringify(answer)}`.includes(secret)))
      wrong.push('a secret is disclosed')
    if (isPolluted()) wrong.push('what every object inherits has changed')
    judged.push({ status: answer?.statusCode ?? 0, wrong, label: made.label })
  }
  return judged
}

/** The handler of a deployment's rotation function, for events as they are. */
export function handlerOf({ cloud, clock, ids, lines }: Pick<Deployment, 'cloud' | 'clock' | 'ids' | 'lines'>) {
  return composeRotation({
    env: rotationEnv(cloud, ids),
    log: level => createLog({ level, destination: { write: line => lines.push(line) } }),
    clock: simulated(clock),
    fetch: () => (request, init) => cloud.fetch(request, init),
    receiverFetch: () => () => Promise.reject(new Error('there is no receiver')),
  })
}

/** A consumer is refused everything here, and a monitor every change. */
function judgeRight(answer: PlatformResponse | undefined, { method, isPlain }: Made, claim: Claim): string[] {
  const status = answer?.statusCode ?? 0
  if (status === 500 && !isPlain) return []
  if (claim === 'consumer' && status !== 403) return [`${status} to a consumer`]
  const isStatus = method?.toUpperCase() === 'GET' || method?.toUpperCase() === 'HEAD'
  if (claim === 'monitor' && !isStatus && status < 400) return [`${status} to a monitor`]
  return claim === 'cron' && isStatus && status < 400 ? [`${status} to a CRON that asks for the status`] : []
}

/** Calls a handler; an error that it throws is a result, because it is a violation. */
export async function answerTo(
  handle: (event: unknown) => Promise<PlatformResponse>,
  event: unknown,
): Promise<{ answer?: PlatformResponse; thrown?: string }> {
  try {
    return { answer: await handle(event) }
  } catch (error) {
    return { thrown: error instanceof Error ? 'an error' : typeof error }
  }
}

/**
 * What docs/http.md says may change something: a POST to `/` or `/default` whose body is empty or an object of the known fields, each
 * of its form, not a dry run; a rollback, a revoke and `force` only for the operator, the rest for the CRON as well. An
 * event that is not plain may not.
 */
function mayChange({ method, path, body }: Made, claim: Claim): boolean {
  if (claim !== 'operator' && claim !== 'cron') return false
  if (method?.toUpperCase() !== 'POST' || !isUsual(path) || body === undefined) return false
  if (Buffer.byteLength(body) > 64 * 1024) return false
  const asked = body.trim() === '' ? {} : fieldsOf(body)
  if (asked === undefined || asked.dry_run === true) return false
  const { action = 'rotate', force = false, revision, source = 'x', dry_run = false, keys, token: _, ...more } = asked
  const isKnown = Object.keys(more).length === 0 && [force, dry_run].every(flag => typeof flag === 'boolean')
  if (keys !== undefined && (path === '/default' || JSON.stringify(keys) !== '["default"]')) return false
  if (!isKnown || typeof source !== 'string' || typeof action !== 'string') return false
  if (action === 'rollback') return claim === 'operator' && Number.isSafeInteger(revision) && force === false
  if (revision !== undefined || (force === true && action !== 'rotate')) return false
  if (action === 'revoke' || force === true) return claim === 'operator'
  return action === 'rotate' || action === 'tend'
}

function fieldsOf(body: string): Record<string, unknown> | undefined {
  try {
    const given: unknown = JSON.parse(body)
    return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : undefined
  } catch {
    return undefined
  }
}
