import { expect, test } from 'vitest'
import type { Fault, VersionRecord } from '../fake-scaleway/index.ts'
import { type Chance, chance } from '../proofs/chance.ts'
import { type As, type Deployment, deploy, type Instance } from '../support/rotation.ts'
import { expectNoSecret } from '../support/secrets.ts'

const days = 60
const overlapMs = 120 * 3_600_000

/** An application that refreshes at least once in the overlap, and once more when it is refused. */
class Consumer {
  #held: { secretKey: string; at: number } | undefined

  /** Uses the key, as an application does all the time. Fails when a key that it may rely on is refused. */
  use({ cloud, clock, served }: Deployment): void {
    const now = clock.now().getTime()
    if (this.#held !== undefined && now - this.#held.at < overlapMs) {
      expect(cloud.authenticates(this.#held.secretKey), 'a key fetched within the overlap works').toBe(true)
      return
    }
    this.fetch({ cloud, clock, served })
  }

  fetch({ cloud, clock, served }: Pick<Deployment, 'cloud' | 'clock' | 'served'>): void {
    const current = served()
    if (current === undefined) return
    expect(cloud.authenticates(current.secretKey), 'the served key works').toBe(true)
    this.#held = { secretKey: current.secretKey, at: clock.now().getTime() }
  }
}

const faults: readonly [Fault, ...Fault[]] = [
  { kind: 'lost-before' },
  { kind: 'lost-after' },
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500, done: true },
  { kind: 'rate-limited' },
  { kind: 'forbidden' },
  { kind: 'malformed', how: 'truncated-json' },
]

/** The instance that takes the calls: another one after a death, and now and then without one. */
interface Process {
  instance: Instance
}

/** Makes one call, perhaps with faults, perhaps beside another one, perhaps dying in its midst. */
async function somebodyCalls(deployment: Deployment, process: Process, luck: Chance): Promise<void> {
  const { cloud, instance } = deployment
  const [body, as] = luck.one<[Record<string, unknown>, As]>([
    [{ action: 'tend' }, 'cron'],
    [{ action: 'tend' }, 'cron'],
    [{ action: 'tend' }, 'cron'],
    [{ action: 'rotate' }, 'consumer'],
    [{ action: 'rotate' }, 'operator'],
    [{ action: 'rotate', force: luck.happens(0.2) }, 'operator'],
    [luck.happens(0.2) ? { action: 'rollback', revision: deployment.served()?.revision ?? 1 } : {}, 'operator'],
  ])
  cloud.faults.listLagSeconds = luck.happens(0.3) ? luck.below(60) : 0
  if (luck.happens(0.3)) cloud.faults.add({ rate: 0.08, fault: luck.one(faults) })
  const died = new Promise<void>(resolve => {
    cloud.faults.onKill = () => resolve()
  })
  if (luck.happens(0.1)) {
    cloud.faults.add({ nth: luck.between(1, 9), fault: { kind: luck.one(['kill-before', 'kill-after']) } })
  }
  const calls = [process.instance.post(body, as)]
  if (luck.happens(0.15))
    calls.push(instance().post({ action: luck.one(['tend', 'rotate']) }, luck.one(['cron', 'operator'])))
  const answers = await Promise.race([Promise.all(calls), died])
  if (answers === undefined || luck.happens(0.3)) process.instance = instance()
  for (const { status } of answers ?? []) expect([200, 409, 502, 504]).toContain(status)
  cloud.faults.clear()
}

/** A person edits by hand, without taking away a key that is in use. */
function somebodyEdits({ cloud, ids, versions }: Deployment, luck: Chance): void {
  const [newest, ...older] = versions().filter(({ status }) => status === 'enabled')
  const edit = luck.one(['roll back', 'enable again', 'foreign key', 'unmark'])
  const disabled = versions().find(({ status }) => status === 'disabled')
  if (edit === 'roll back' && newest !== undefined && older.length > 0) {
    cloud.secrets.disableVersion(ids.secretId, newest.revision)
  }
  if (edit === 'foreign key' && cloud.iam.apiKeys().length < 20) {
    cloud.iam.createApiKey({ applicationId: ids.applicationId, description: 'by hand' })
  }
  if (edit === 'unmark' && newest !== undefined && disabled !== undefined) {
    cloud.secrets.describeVersion(ids.secretId, disabled.revision, 'an old one')
  }
}

/** What must hold at every moment. */
function expectBounds({ keys, versions, lines, answers, secrets }: Deployment): void {
  expect(versions().length).toBeLessThanOrEqual(20)
  const own = keys().filter(({ description }) => description.startsWith('api-key-rotation v1'))
  expect(own.length).toBeLessThanOrEqual(13)
  expectNoSecret([...lines.splice(0), ...answers.splice(0)], secrets())
}

async function live(seed: number): Promise<void> {
  const luck = chance(seed)
  const deployment = deploy({ seed })
  const { clock } = deployment
  const process = { instance: deployment.rotation }
  const consumers = [new Consumer(), new Consumer(), new Consumer()]
  const end = clock.now().getTime() + days * 86_400_000
  while (clock.now().getTime() < end) {
    clock.advance({ minutes: luck.happens(0.2) ? luck.below(20) : luck.below(8 * 60) })
    await somebodyCalls(deployment, process, luck)
    if (luck.happens(0.02)) somebodyEdits(deployment, luck)
    for (const consumer of consumers) {
      consumer.use(deployment)
      if (luck.happens(0.05)) consumer.fetch(deployment)
    }
    expectBounds(deployment)
  }
  process.instance = deployment.instance()
  // Then nobody interferes for a fortnight.
  for (let tick = 0; tick < 60; tick++) {
    clock.advance({ hours: 7 })
    await process.instance.post({ action: 'tend' })
    for (const consumer of consumers) consumer.use(deployment)
  }
  expectSettled(deployment)
}

/** One key of ours is left besides those that a rollback keeps, and those whose successor is still in its overlap. */
function expectSettled({ keys, versions, served, clock }: Deployment): void {
  const current = versions().find(({ revision }) => revision === served()?.revision)
  const servedSinceMs = clock.now().getTime() - (current?.createdAt.getTime() ?? 0)
  const others = keys()
    .filter(({ description }) => description.startsWith('api-key-rotation v1'))
    .filter(({ accessKey }) => accessKey !== served()?.accessKey)
  for (const { accessKey, createdAt } of others) {
    const isNaming = ({ description, createdAt: publishedAt }: VersionRecord) =>
      description?.includes(accessKey) ||
      (description === 'an old one' && Math.abs(publishedAt.getTime() - createdAt.getTime()) < 3_600_000)
    const revision = versions().find(isNaming)?.revision ?? 0
    const isRolledBack = revision > (current?.revision ?? 0)
    expect(isRolledBack || servedSinceMs < overlapMs + 16 * 3_600_000, 'a key beyond its end').toBe(true)
  }
}

const lives = Number(globalThis.process.env.LIVES ?? 3)
const firstSeed = Number(globalThis.process.env.FIRST_SEED ?? 1)

test.each(Array.from({ length: lives }, (_, index) => firstSeed + index))(
  'a random life of 60 days with faults, deaths, races, lagging lists and people: no consumer is ever refused (seed %i)',
  live,
  60_000,
)
