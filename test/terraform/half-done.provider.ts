import { expect, onTestFinished, test } from 'vitest'
import { proofs } from './provider.ts'
import { leftOver } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'

/*
 * Each call that an apply sends to create something is refused once, in turn. The refusal is one that the provider does
 * not retry (docs/scaleway.md#provider-retries); the calls after it then find what a cut-off apply has left.
 */
const refusal = {
  kind: 'json',
  status: 400,
  body: { type: 'invalid_arguments', message: 'refused by the proof' },
} as const

const whole = { applications: 5, keys: 4, policies: 4, namespaces: 1, functions: 2, crons: 2 }

/** Every write of an apply, with how often it is sent. */
const writes = [
  ['iam.createApplication', 5],
  ['iam.createPolicy', 4],
  ['iam.createApiKey', 4],
  ['secrets.createSecret', 1],
  ['functions.createNamespace', 1],
  ['functions.createFunction', 2],
  ['functions.uploadUrl', 2],
  ['functions.upload', 2],
  ['functions.deployFunction', 2],
  ['functions.createCron', 2],
] as const

const cuts = writes.flatMap(([operation, times]) =>
  Array.from({ length: times }, (_, index) => ({ operation, nth: index + 1 })),
)

proofs('an apply that is cut off is completed by the next one', () => {
  test('an undisturbed apply sends exactly the calls that are cut off here', async () => {
    const stage = await newStage()
    await stage.apply()
    const sent = stage.scaleway.log.entries.filter(
      ({ method, operation }) => method !== 'GET' || operation === 'functions.uploadUrl',
    )
    const counts = new Map<string, number>()
    for (const { operation } of sent) counts.set(operation, (counts.get(operation) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(writes))
    expect(await leftOver(stage)).toEqual(whole)
  })

  test.each(cuts)('cut off at $operation number $nth', async ({ operation, nth }) => {
    const stage = await newStage()
    stage.scaleway.faults.add({ operation, nth, fault: refusal })
    const cutOff = await stage.run('apply', '-auto-approve', '-no-color')
    expect(cutOff.code).toBe(1)
    await stage.apply()
    expect(await leftOver(stage)).toEqual(whole)
    expect(stage.scaleway.secrets.secrets()).toHaveLength(1)
    expect(stage.deployments.functions().map(({ status }) => status)).toEqual(['ready', 'ready'])
    expect((await stage.run('plan', '-detailed-exitcode')).code).toBe(0)
  })
})

async function newStage(): Promise<Stage> {
  const stage = await setStage()
  onTestFinished(stage.end)
  return stage
}
