import { chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage } from '../harness/stage.ts'
import { deleteManually, postMaybeKilled } from './begin.ts'

const quota = 12

/**
 * The organization has as many API keys as it may have, some of them unpublished ones of ours, and the served key is
 * deleted: the run that finds it so makes room, and replaces the key at once.
 */
export const fullOrganization: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed, apiKeyQuota: quota })
  const { rotation, cloud, clock, served, keys, watch, start } = stage
  await rotation.post()
  clock.advance({ days: 1 + luck.below(20) })
  watch.look()
  for (let orphans = luck.between(1, 2); orphans > 0; orphans--) {
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: luck.one(['kill-before', 'lost-before']) } })
    await postMaybeKilled(stage, { force: true }, 'operator')
    clock.advance({ minutes: 11 + luck.below(20) })
  }
  deleteManually(stage, served()?.accessKey)
  clock.advance({ hours: 2 + luck.below(5) })
  const { id: applicationId } = cloud.iam.createApplication({ name: 'another team' })
  while (cloud.iam.apiKeys().length < quota) cloud.iam.createApiKey({ applicationId })
  const { status, body } = await start().post({ action: 'tend' })
  watch.look()
  stage.tell(`${keys().length} keys, ${status} ${body.error ?? body.reason ?? 'rotated'}`)
  if (body.rotated !== true)
    watch.note('every due action is done', `no key, though the run made room: ${status} ${body.error}`)
  await stage.settle()
  return stage
}
