import { describe, expect, test } from 'vitest'
import { StoppedError } from '../../../scripts/probe/stops.ts'
import { openAccount, readingsIn } from './account.ts'

/** Facts that need no function. */
const quick = ['resourceId', 'deletedSecretName', 'newKey']

describe('nothing is left', () => {
  test('when a fact fails in the middle, which the block says, and the others are settled', async () => {
    const account = await openAccount()
    account.cloud.faults.add({ operation: 'secrets.accessVersion', fault: { kind: 'status', status: 500 } })
    const { code, printed } = await account.run({ only: quick })
    expect(readingsIn(printed)).toEqual({ resourceId: 'not settled', deletedSecretName: 'taken', newKey: 'at-once' })
    expect(printed).toContain('| not settled | access version: upstream-error (500) |')
    expect(printed).toContain('Nothing is left.')
    expect(account.left()).toEqual([])
    expect(code).toBe(1)
  })

  test.each([
    { operation: 'account.createProject', only: quick },
    { operation: 'iam.createApplication', only: quick },
    { operation: 'iam.createPolicy', only: quick },
    { operation: 'iam.createApiKey', only: quick },
    { operation: 'secrets.createSecret', only: quick },
  ])('when the answer to $operation is lost', async ({ operation, only }) => {
    const account = await openAccount()
    account.cloud.faults.add({ operation, fault: { kind: 'lost-after' } })
    const { code } = await account.run({ only })
    expect(code).toBe(1)
    expect(account.left()).toEqual([])
  })

  test('when a creation is lost before it is done: its name is looked for, and then taken as never made', async () => {
    const account = await openAccount()
    account.cloud.faults.add({ operation: 'iam.createApplication', fault: { kind: 'lost-before' } })
    const { said, printed } = await account.run({ only: ['newKey'] })
    expect(said).toContain(
      'Waiting for a list that shows the application probe-0a1b2c3d-fresh, if it was made, 60 s at most.',
    )
    expect(printed).toContain('Nothing is left.')
    expect(account.left()).toEqual([])
  })

  test('when the lists lag behind a creation whose answer was lost', async () => {
    const account = await openAccount()
    account.cloud.faults.add({ operation: 'iam.createApplication', fault: { kind: 'lost-after' } })
    account.cloud.faults.listLagSeconds = 30
    await account.run({ only: ['newKey'] })
    expect(account.left()).toEqual([])
  })

  test.each(['iam.deleteApplication', 'iam.deletePolicy', 'secrets.deleteSecret', 'account.deleteProject'])(
    'when %s fails at first',
    async operation => {
      const account = await openAccount()
      account.cloud.faults.add({ operation, times: 3, fault: { kind: 'status', status: 503 } })
      await account.run({ only: ['resourceId'] })
      expect(account.left()).toEqual([])
    },
  )

  test('when it is stopped in the middle of a wait: what was settled until then is printed', async () => {
    const account = await openAccount({ newKey: 'after-2-min' })
    const stop = new AbortController()
    const giveUp = new AbortController()
    const say = (line: string) => {
      if (line.includes('IAM to accept a new key')) stop.abort(new StoppedError('stopped'))
    }
    const stops = { stop: stop.signal, giveUp: giveUp.signal }
    const { code, printed } = await account.run({ only: ['deletedSecretName', 'newKey'] }, { stops, say })
    expect(readingsIn(printed)).toEqual({ deletedSecretName: 'taken' })
    expect(account.left()).toEqual([])
    expect(code).toBe(1)
  })
})

describe('what could not be removed', () => {
  test('is listed with the command for it, and the others are removed', async () => {
    const account = await openAccount()
    account.cloud.faults.add({ operation: 'iam.deletePolicy', times: 99, fault: { kind: 'status', status: 500 } })
    const { code, printed } = await account.run({ only: ['disableVersion'] })
    const [policy] = account.cloud.iam.policies()
    expect(printed).toContain(`\n  policy probe-0a1b2c3d-writer\n    scw iam policy delete ${policy?.id}\n`)
    expect(account.left()).toEqual(['policy probe-0a1b2c3d-writer'])
    expect(code).toBe(1)
    account.cloud.faults.clear()
    expect((await account.run({ clean: true })).printed).toBe('Nothing is left.')
    expect(account.left()).toEqual([])
  })

  test('is the project, where deleted secrets count for 7 days: --clean removes it then', async () => {
    const account = await openAccount({}, { deletedSecretsCount: true })
    const { printed } = await account.run({ only: ['deletedSecretName'] })
    expect(printed).toMatch(/\n {2}project probe-0a1b2c3d\n {4}scw account project delete project-id=[0-9a-f-]{36}\n/)
    expect((await account.run({ clean: true })).code).toBe(1)
    account.clock.advance({ days: 7 })
    const { code, said, printed: cleaned } = await account.run({ clean: true })
    expect([code, cleaned]).toEqual([0, 'Nothing is left.'])
    expect(said).toContain('  project probe-0a1b2c3d')
    expect(account.left()).toEqual([])
  })

  test('is all of it where nothing is answered any more: five minutes later it is listed, in an order in which it can be removed', async () => {
    const account = await openAccount()
    const deletions = { method: 'DELETE', times: 999, fault: { kind: 'status', status: 503 } } as const
    account.cloud.faults.add(deletions)
    const { printed } = await account.run({ only: ['resourceId', 'disableVersion', 'newKey'] })
    const commands = Array.from(printed.matchAll(/^ {4}scw (\w+ \w+) delete/gm), ([, command]) => command)
    expect(commands).toEqual([
      'iam application',
      'iam policy',
      'iam application',
      'secret secret',
      'iam policy',
      'iam application',
      'secret secret',
      'account project',
    ])
    expect(account.clock.now().getTime() - new Date('2026-01-01').getTime()).toBeLessThan(7 * 60_000)
  })

  test('is listed at once when it is stopped a second time', async () => {
    const account = await openAccount()
    account.cloud.faults.add({ operation: 'account.deleteProject', times: 99, fault: { kind: 'status', status: 500 } })
    const giveUp = new AbortController()
    const say = (line: string) => {
      if (line.includes('the removal of the project')) giveUp.abort(new StoppedError('stopped twice'))
    }
    const stops = { stop: new AbortController().signal, giveUp: giveUp.signal }
    const { printed } = await account.run({ only: ['deletedSecretName'] }, { stops, say })
    expect(printed).toContain('scw account project delete project-id=')
    expect(account.clock.now().getTime() - new Date('2026-01-01').getTime()).toBeLessThan(60_000)
  })
})

describe('--clean', () => {
  test('leaves alone what only has such a name', async () => {
    const account = await openAccount()
    account.cloud.iam.createApplication({ name: 'probe-0a1b2c3d-mine', description: 'of a person' })
    account.cloud.iam.createApplication({ name: 'probe', description: 'Made by npm run probe, may be deleted' })
    const { code, printed } = await account.run({ clean: true })
    expect([code, printed]).toEqual([0, 'No earlier probe has left anything.'])
    expect(account.left()).toEqual(['application probe-0a1b2c3d-mine', 'application probe'])
  })

  test('is offered by the next probe, which leaves the earlier things alone', async () => {
    const account = await openAccount()
    account.cloud.iam.createApplication({
      name: 'probe-0a1b2c3d-fresh',
      description: 'Made by npm run probe, may be deleted',
    })
    const { said } = await account.run({ only: ['deletedSecretName'] }, { prefix: 'probe-11111111' })
    expect(said).toContain(
      'An earlier probe has left something, or another one runs now. Remove it: npm run probe -- --clean',
    )
    expect(account.left()).toEqual(['application probe-0a1b2c3d-fresh'])
  })
})
