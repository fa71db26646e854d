import { ApiError, calling } from '../../../functions/rotation/scaleway/api-error.ts'
import { type Fact, seconds } from '../fact.ts'
import { makeApplication, makeKey } from '../identities.ts'
import type { Login } from '../login.ts'
import { connect, type Scaleway } from '../scaleway.ts'
import { type Stage, UnclearError } from '../stage.ts'
import { until } from '../until.ts'

/** An endpoint that checks keys by itself. */
interface Endpoint {
  readonly name: string
  /** Gives the status of a refusal of the key, undefined when the key is known: a missing right is no refusal of it. */
  readonly refusal: () => Promise<number | undefined>
}

function endpointsFor(stage: Stage, key: Login): readonly Endpoint[] {
  const { iam, secrets }: Scaleway = connect(key, stage.giveUp)
  const { projectId } = stage
  const ask = (call: () => Promise<unknown>) => () => refusalOf(() => calling('try key', call))
  return [
    { name: 'IAM', refusal: ask(() => iam.getAPIKey({ accessKey: key.accessKey })) },
    {
      name: 'Secret Manager',
      refusal: ask(async () => secrets.listSecrets({ projectId, scheduledForDeletion: false })),
    },
  ]
}

async function refusalOf(call: () => Promise<unknown>): Promise<number | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 401 || error.type === 'denied_authentication') return error.status
    if (error.status === 403 || error.status === 404) return undefined
    throw error
  }
}

const inARow = 3
const everyMs = 1_000
// Between the middles of the readings of 0, 5, 30 and 120 s.
const readings = [
  { belowMs: 2_000, reading: 'at-once' },
  { belowMs: 15_000, reading: 'after-5-s' },
  { belowMs: 60_000, reading: 'after-30-s' },
  { belowMs: Number.POSITIVE_INFINITY, reading: 'after-2-min' },
]

function readingOf(milliseconds: number): string {
  return readings.find(({ belowMs }) => milliseconds < belowMs)?.reading ?? 'other'
}

/** From when on a new key is accepted, and whether by all alike. */
export const newKey: Fact = {
  name: 'newKey',
  title: 'how soon a new key is accepted everywhere',
  needsFunction: false,
  async settle({ stage }) {
    const key = await makeKey(stage, await makeApplication(stage, 'fresh'))
    const known = await Promise.all(endpointsFor(stage, key).map(endpoint => knownAfter(stage, endpoint)))
    const [first = 'other', ...others] = known.map(({ afterMs }) => readingOf(afterMs))
    return {
      reading: others.every(reading => reading === first) ? first : 'endpoints-differ',
      detail: known.map(({ name, afterMs }) => `${name} after ${seconds(afterMs)}`).join(', '),
    }
  },
}

/** When an endpoint begins to accept a key three times in a row. */
async function knownAfter(stage: Stage, { name, refusal }: Endpoint): Promise<{ name: string; afterMs: number }> {
  const { clock, waitMs } = stage
  const beganMs = clock.now().getTime()
  let sinceMs = 0
  let right = 0
  const attempt = async () => {
    const askedMs = clock.now().getTime()
    const isKnown = (await refusal()) === undefined
    if (right === 0) sinceMs = askedMs
    right = isKnown ? right + 1 : 0
    return right === inARow || undefined
  }
  const wait = { what: `${name} to accept a new key`, limitMs: waitMs, everyMs }
  if ((await until(stage, wait, attempt)) === undefined) throw new UnclearError(`${name} did not accept a new key`)
  return { name, afterMs: sinceMs - beganMs }
}

/** What a key that was deleted is answered, and how soon. */
export const refusedKey: Fact = {
  name: 'refusedKey',
  title: 'what a refused key is answered',
  needsFunction: false,
  async settle({ stage }) {
    const key = await makeKey(stage, await makeApplication(stage, 'deleted'))
    const endpoints = endpointsFor(stage, key)
    await Promise.all(endpoints.map(endpoint => knownAfter(stage, endpoint)))
    await calling('delete key', () => stage.owner.iam.deleteAPIKey({ accessKey: key.accessKey }))
    const refused = await Promise.all(endpoints.map(endpoint => refusedAfter(stage, endpoint)))
    const [first, ...others] = refused.map(({ status }) => String(status))
    return {
      reading: first !== undefined && others.every(status => status === first) ? first : 'endpoints-differ',
      detail: refused.map(({ name, status, afterMs }) => `${name} ${status} after ${seconds(afterMs)}`).join(', '),
    }
  },
}

async function refusedAfter(stage: Stage, { name, refusal }: Endpoint) {
  const beganMs = stage.clock.now().getTime()
  const wait = { what: `${name} to refuse a deleted key`, limitMs: stage.waitMs, everyMs }
  const status = await until(stage, wait, refusal)
  if (status === undefined) throw new UnclearError(`${name} still accepted a deleted key`)
  return { name, status, afterMs: stage.clock.now().getTime() - beganMs }
}
