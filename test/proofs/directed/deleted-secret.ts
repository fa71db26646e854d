import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { hourlyRuns, orphan, twoKeys } from './begin.ts'

/** A person deletes the secret and restores it a day or some days later. Triggers and the operator go on meanwhile. */
export const deletedSecret: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, settings: { keep_versions: luck.one([0, 3]) } })
  await twoKeys(stage, { hours: luck.one([luck.below(2), luck.below(118), luck.between(119, 123)]) })
  await luck.one([
    async () => undefined,
    async () => orphan(stage),
    async () => hourlyRuns(stage, 2),
    async () => {
      await stage.start().post({ action: 'rollback', revision: 2 }, 'operator')
      stage.watch.look()
    },
  ])()
  await deleteAndRestore(stage, luck)
  await worksAgain(stage)
  await stage.settle()
  return stage
}

async function deleteAndRestore(stage: Stage, luck: Chance): Promise<void> {
  const { cloud, ids, clock, watch, keys, versions } = stage
  const served = stage.served()?.revision
  cloud.secrets.deleteSecret(ids.secretId)
  const before = state(stage)
  const endMs = clock.now().getTime() + luck.one([24, 24, 24 * 6]) * 3_600_000
  while (clock.now().getTime() < endMs) {
    clock.advance({ hours: luck.between(1, 12) })
    await press(stage, { action: 'tend' }, luck.one(['cron', 'operator']))
    if (luck.happens(0.3)) await press(stage, { action: 'rotate' }, 'cron')
    if (luck.happens(0.3)) await press(stage, luck.one(presses), 'operator')
  }
  if (state(stage) !== before) {
    watch.note('no unnecessary key is created', `${keys().length} keys and ${versions().length} versions are left`)
  }
  cloud.secrets.restoreSecret(ids.secretId)
  watch.edited()
  watch.look()
  if (stage.served()?.revision !== served) watch.note('the served key works', 'another one is served than before')
}

const presses: readonly [Press, ...Press[]] = [
  { action: 'rotate' },
  { action: 'rotate', force: true },
  { action: 'rollback', revision: 2 },
  { action: 'revoke' },
]

type Press = Readonly<Record<string, string | number | boolean>>

/** Nothing may come of it. */
async function press(stage: Stage, body: Press, as: 'cron' | 'operator'): Promise<void> {
  const { watch, start, tell } = stage
  const before = state(stage)
  const { status, body: answer } = await start().post(body, as)
  watch.look()
  tell(`${JSON.stringify(body)}: ${status} ${answer.error}`)
  if (status !== 409 || answer.error !== 'secret-deleted') {
    watch.note('every call is answered', `${JSON.stringify(body)} was answered ${status} ${answer.error}`)
  }
  if (state(stage) !== before) watch.note('no unnecessary key is created', `after ${JSON.stringify(body)}`)
}

/** All keys that were ever made, and all versions. */
function state({ cloud, keys, versions }: Stage): string {
  const made = cloud.log.entries.filter(({ operation }) => operation === 'iam.createApiKey').length
  return JSON.stringify([made, keys(), versions()])
}

/** The hourly run finds a key that works, and the operator can rotate. */
async function worksAgain(stage: Stage): Promise<void> {
  const { start, clock, watch } = stage
  await hourlyRuns(stage, 3)
  clock.advance({ hours: 1 })
  watch.rollbackMayEnd()
  const { body } = await start().post({ action: 'rotate', force: true }, 'operator')
  watch.look()
  if (body.rotated !== true) watch.note('every due action is done', `the operator’s rotation: ${body.error}`)
}
