import { expect, test } from 'vitest'
import { nothing } from './harness/life.ts'
import { createSeveralStage } from './harness/several-stage.ts'
import { severalInterleavedLife } from './several-interleaved.ts'
import { severalLife } from './several-lives.ts'

const lives = Number(process.env.LIVES ?? 2)
const firstSeed = Number(process.env.FIRST_SEED ?? 1)
const seeds = Array.from({ length: lives }, (_, index) => firstSeed + index)

test.each(seeds)('what befalls a key in a month changes nothing for the others (seed %i)', async seed => {
  const { watch, history } = await severalLife(seed)
  expect(watch.violations, history.slice(-40).join('\n')).toEqual([])
})

test.each(seeds)('overlapping runs of several keys keep every invariant of each (seed %i)', async seed => {
  const { watch, history } = await severalInterleavedLife(seed)
  expect(watch.violations, history.slice(-40).join('\n')).toEqual([])
})

test('the same seed lives the same life, whatever is called at once', async () => {
  const live = async () => (await severalLife(3, nothing)).history
  expect(await live()).toEqual(await live())
})

const names = ['billing', 'mailer'] as const

test('a call about a key that the run was not asked for is found', async () => {
  const stage = createSeveralStage({ seed: 1, names })
  const { ids, start, watch } = stage
  const [billing, mailer] = ids.keys
  const swapped = {
    KEY_BILLING: JSON.stringify({
      name: 'billing',
      application_id: mailer?.applicationId,
      default_project_id: stage.cloud.projectId,
      region: stage.cloud.region,
      secret_id: billing?.secretId,
    }),
    KEY_MAILER: '',
  }
  await start({ env: swapped }).post({ force: true }, 'operator', '/billing')
  expect(watch.violations.map(({ invariant }) => invariant)).toContain('no run touches another key’s things')
})

test('a key that works no longer is found by the watch of that key', async () => {
  const stage = createSeveralStage({ seed: 1, names })
  await stage.start().post({ action: 'tend' })
  stage.cloud.iam.deleteApiKey(stage.served('mailer')?.accessKey ?? '')
  stage.look()
  expect(stage.watch.violations.map(({ invariant }) => invariant)).toContain('no consumer is refused')
  expect(stage.of('mailer').watch.violations).toEqual(stage.watch.violations)
})
