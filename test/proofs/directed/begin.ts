import type { Stage } from '../harness/stage.ts'

const hourMs = 3_600_000

/** Brings a deployment to two keys that work, the second as old as said. */
export async function twoKeys(stage: Stage, { hours = 0, apartDays = 30 } = {}): Promise<void> {
  const { rotation, clock, watch } = stage
  await rotation.post()
  watch.look()
  clock.advance({ days: apartDays })
  watch.look()
  await rotation.post()
  watch.look()
  clock.advance({ hours })
  watch.look()
}

/** Posts to an instance that may be killed in the midst; undefined when it was. */
export async function postAndPerhapsDie(
  { cloud, start }: Stage,
  body: Record<string, unknown>,
  as: 'cron' | 'operator' | 'consumer',
) {
  const died = new Promise<undefined>(resolve => {
    cloud.faults.onKill = () => resolve(undefined)
  })
  const answered = await Promise.race([start().post(body, as), died])
  cloud.faults.clear()
  return answered
}

/** Makes a key as a run does that dies just before its publication. */
export async function orphan(stage: Stage): Promise<void> {
  stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-before' } })
  await postAndPerhapsDie(stage, { action: 'rotate', force: true }, 'operator')
}

/** A person deletes a key of ours: whoever holds it is on their own. */
export function deleteByHand({ cloud, watch }: Stage, accessKey: string | undefined): void {
  if (accessKey === undefined) return
  watch.look()
  watch.excuse(accessKey)
  cloud.iam.deleteApiKey(accessKey)
  watch.edited()
}

/** What a person disables by hand, and what is served then must work. */
export function disableByHand({ cloud, ids, watch, served }: Stage, revision: number): void {
  cloud.secrets.disableVersion(ids.secretId, revision)
  watch.edited()
  watch.look()
  const left = served()
  if (left === undefined || !cloud.authenticates(left.secretKey)) {
    watch.note('the served key works', `revision ${revision} was disabled by hand, and what is behind it does not work`)
  }
}

/** How many keys the rotator has asked for so far. */
export function creates({ cloud }: Stage): number {
  return cloud.log.entries.filter(({ operation }) => operation === 'iam.createApiKey').length
}

/** Clean ticks for so long. */
export async function ticks({ clock, watch, cleanTick }: Stage, forHours: number, everyHours = 1): Promise<void> {
  const endMs = clock.now().getTime() + forHours * hourMs
  while (clock.now().getTime() < endMs) {
    clock.advance({ hours: everyHours })
    watch.look()
    await cleanTick()
  }
}
