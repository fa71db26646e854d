import type { Stage } from '../harness/stage.ts'

const hourMs = 3_600_000

/** Brings a deployment to two working keys, the second `hours` old. */
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

/** Posts to an instance that may be killed during the run; undefined if it was. */
export async function postMaybeKilled({ cloud, start }: Stage, body: Record<string, unknown>, as: 'cron' | 'operator') {
  const killed = new Promise<undefined>(resolve => {
    cloud.faults.onKill = () => resolve(undefined)
  })
  const answered = await Promise.race([start().post(body, as), killed])
  cloud.faults.clear()
  return answered
}

/** Leaves an unpublished key behind, as a run does that is killed just before its publication. */
export async function orphan(stage: Stage): Promise<void> {
  stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-before' } })
  await postMaybeKilled(stage, { action: 'rotate', force: true }, 'operator')
}

/** A person deletes a key of ours: its consumers may be refused. */
export function deleteManually({ cloud, watch }: Stage, accessKey: string | undefined): void {
  if (accessKey === undefined) return
  watch.look()
  watch.excuse(accessKey)
  cloud.iam.deleteApiKey(accessKey)
  watch.edited()
}

/** A person disables a version: what is served then must work. */
export function disableManually({ cloud, ids, watch, served }: Stage, revision: number): void {
  cloud.secrets.disableVersion(ids.secretId, revision)
  watch.edited()
  watch.look()
  const left = served()
  if (left === undefined || !cloud.authenticates(left.secretKey)) {
    watch.note(
      'the served key works',
      `revision ${revision} was disabled manually, and the key that is served then does not work`,
    )
  }
}

type Press = Readonly<Record<string, string | number | boolean>>

/** What the operator may press when the key of revision 2 was deleted within minutes of its publication. */
export const pressesAboutYoungKey: readonly [Press, ...Press[]] = [
  { action: 'rotate', force: true },
  { action: 'revoke' },
  { action: 'rollback', revision: 2 },
]

/** How many keys the rotator has tried to create so far. */
export function creates({ cloud }: Stage): number {
  return cloud.log.entries.filter(({ operation }) => operation === 'iam.createApiKey').length
}

/** Clean hourly runs for `forHours`, one every `everyHours`. */
export async function hourlyRuns(
  { clock, watch, cleanHourlyRun }: Stage,
  forHours: number,
  everyHours = 1,
): Promise<void> {
  const endMs = clock.now().getTime() + forHours * hourMs
  while (clock.now().getTime() < endMs) {
    clock.advance({ hours: everyHours })
    watch.look()
    await cleanHourlyRun()
  }
}
