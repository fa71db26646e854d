import { describe, expect, test } from 'vitest'
import { facts } from '../../scripts/probe/settle/index.ts'
import { openAccount, readingsIn } from '../commands/probe/account.ts'
import { bearerWith } from '../fake-scaleway/http/wire-client.ts'
import { allReadings, type Readings } from '../fake-scaleway/index.ts'

/**
 * As many rounds as the fact with most readings has; each reading of each fact is in at least one of them. Where parallel
 * requests are refused, the second of two deliveries is as well, and nobody can see it: those two do not meet.
 */
const rounds = Array.from({ length: Math.max(...Object.values(allReadings).map(({ length }) => length)) }, (_, round) =>
  roundOf(round),
)

function roundOf(round: number): Readings {
  const at = <Reading>(readings: readonly Reading[], shift = 0): Reading => {
    const reading = readings[(round + shift) % readings.length]
    if (reading === undefined) throw new Error('a fact without readings')
    return reading
  }
  return {
    credentialHeaders: at(allReadings.credentialHeaders),
    gate: at(allReadings.gate),
    resourceId: at(allReadings.resourceId),
    disableVersion: at(allReadings.disableVersion),
    listKeys: at(allReadings.listKeys),
    scheduledVersions: at(allReadings.scheduledVersions),
    deletedSecretName: at(allReadings.deletedSecretName),
    cronDelivery: at(allReadings.cronDelivery),
    newKey: at(allReadings.newKey),
    latestEnabled: at(allReadings.latestEnabled),
    refusedKey: at(allReadings.refusedKey),
    coldStart: at(allReadings.coldStart),
    environmentValue: at(allReadings.environmentValue),
    parallelRequests: at(allReadings.parallelRequests, 2),
  }
}

test('the probe settles every fact that the local Scaleway has a switch for', () => {
  expect(facts.map(({ name }) => name).sort()).toEqual(Object.keys(allReadings).sort())
})

describe('the probe says how each switch is set, and leaves nothing', () => {
  test.each(rounds.map((readings, round) => ({ readings, round: round + 1 })))('round $round', async ({ readings }) => {
    const account = await openAccount(readings)
    const { code, printed } = await account.run()
    expect(readingsIn(printed)).toEqual(readings)
    expect(account.left()).toEqual([])
    expect(code).toBe(0)
  })
})

test('the rights that docs/real-account.md names are enough', async () => {
  const account = await openAccount()
  const { organizationId } = account.cloud
  const { accessKey, secretKey } = bearerWith(account.cloud, [
    { permissionSetNames: ['ProjectManager', 'IAMApplicationManager', 'IAMPolicyManager'], organizationId },
    { permissionSetNames: ['SecretManagerFullAccess', 'FunctionsFullAccess'], organizationId },
  ])
  const before = account.left()
  const env = { ...account.env, SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey }
  const { code, printed } = await account.run({}, { env })
  expect(Object.values(readingsIn(printed))).not.toContain('not settled')
  expect(code).toBe(0)
  // Nor does the block say whose account it is, also where the function was asked.
  expect(printed).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|SCW[A-Z0-9]{17}|probe-0a1b2c3d|127\.0\.0\.1|https?:/)
  expect(account.left()).toEqual(before)
})

test.each([
  { operation: 'functions.createNamespace', only: ['gate'] },
  { operation: 'functions.createFunction', only: ['gate'] },
  { operation: 'functions.createCron', only: ['cronDelivery'] },
])('nothing is left when the answer to $operation is lost', async ({ operation, only }) => {
  const account = await openAccount()
  account.cloud.faults.add({ operation, fault: { kind: 'lost-after' } })
  expect((await account.run({ only })).code).toBe(1)
  expect(account.left()).toEqual([])
})
