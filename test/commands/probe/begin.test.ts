import { describe, expect, test } from 'vitest'
import { readLogin } from '../../../scripts/probe/login.ts'
import { readProbeOptions } from '../../../scripts/probe/options.ts'
import { bearerWith } from '../../fake-scaleway/http/wire-client.ts'
import { openAccount } from './account.ts'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

describe('before anything is made', () => {
  test('it says what it makes and what that costs, and asks', async () => {
    const account = await openAccount()
    const questions: string[] = []
    const ask = async (question: string) => {
      questions.push(question)
      return 'n'
    }
    const said: string[] = []
    const say = (line: string) => said.push(line)
    await expect(account.run({ yes: false, only: ['newKey'] }, { ask, say })).rejects.toThrow('Nothing was done.')
    expect(questions).toEqual(['\nBegin? [y/N] '])
    expect(said.join('\n')).toMatch(/a project of its own.*less than €0\.01/s)
    expect(account.left()).toEqual([])
    expect(account.cloud.log.entries.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('it begins after a yes', async () => {
    const account = await openAccount()
    const { code } = await account.run({ yes: false, only: ['newKey'] }, { ask: async () => ' Yes ' })
    expect(code).toBe(0)
  })

  test('without a terminal it makes nothing, and names --yes', async () => {
    const account = await openAccount()
    await expect(account.run({ yes: false })).rejects.toThrow('there is no terminal to ask on. Give --yes')
    expect(account.cloud.log.entries.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('a key that may not look at the account is named as such, with where its rights are written', async () => {
    const account = await openAccount()
    const { accessKey, secretKey } = bearerWith(account.cloud)
    const env = { ...account.env, SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey }
    await expect(account.run({}, { env })).rejects.toThrow(
      'The key in the environment cannot look at the account (list projects: upstream-refused (403)). What it needs: docs/real-account.md#probe.',
    )
  })
})

test('a key that may look but not make ends early, with the call that was refused, and has made nothing', async () => {
  const account = await openAccount()
  const { organizationId } = account.cloud
  const { accessKey, secretKey } = bearerWith(account.cloud, [
    { permissionSetNames: ['ProjectReadOnly', 'IAMReadOnly'], organizationId },
  ])
  const before = account.left()
  const env = { ...account.env, SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey }
  const { code, printed, said } = await account.run({}, { env })
  expect(said).toContain('Ended early: create project: upstream-refused (403) permissions_denied.')
  expect([code, printed, account.left()]).toEqual([1, '\nNothing is left.', before])
})

test('the block names its date and version, and no id, no key, no name, no address', async () => {
  const account = await openAccount()
  const { printed, said } = await account.run({ only: ['resourceId', 'listKeys', 'refusedKey'] })
  expect(printed).toMatch(/^### Probed on 2026-01-01\n\nWith `npm run probe` of version \d+\.\d+\.\d+, in fr-par;/)
  expect(printed).not.toMatch(uuid)
  expect(printed).not.toMatch(/SCW[A-Z0-9]{17}|probe-0a1b2c3d|127\.0\.0\.1|https?:/)
  expect(said).not.toMatch(uuid)
  expect(said).not.toMatch(/SCW[A-Z0-9]{17}|127\.0\.0\.1/)
})

describe('the command line', () => {
  test.each([
    { args: ['--only', 'newKeys'], error: '--only must be names of facts' },
    { args: ['--clean', '--only', 'newKey'], error: '--clean settles no fact' },
    { args: ['--wait', 'long'], error: '--wait must be a number of seconds' },
    { args: ['--token=x'], error: 'A token is never an option' },
  ])('$args is refused', ({ args, error }) => {
    expect(() => readProbeOptions(args)).toThrow(error)
  })

  test('facts are settled in their own order, each once', () => {
    expect(readProbeOptions(['--only', 'newKey, gate,newKey']).only).toEqual(['gate', 'newKey'])
  })
})

describe('the environment', () => {
  const key = {
    SCW_ACCESS_KEY: 'SCWAAAAAAAAAAAAAAAAA',
    SCW_SECRET_KEY: '00000000-0000-4000-8000-000000000000',
    SCW_DEFAULT_ORGANIZATION_ID: '00000000-0000-4000-8000-000000000001',
  }

  test('has defaults for region and address', () => {
    expect(readLogin(key)).toMatchObject({ region: 'fr-par', apiUrl: 'https://api.scaleway.com' })
    expect(String(readLogin(key).secretKey)).toBe('[secret]')
  })

  test.each([
    { changed: { SCW_ACCESS_KEY: '', SCW_SECRET_KEY: undefined }, error: 'Missing: SCW_ACCESS_KEY, SCW_SECRET_KEY.' },
    { changed: { SCW_SECRET_KEY: 'hunter2' }, error: 'SCW_SECRET_KEY must be a UUID.' },
    {
      changed: { SCW_ACCESS_KEY: key.SCW_SECRET_KEY },
      error: 'SCW_ACCESS_KEY must be SCW and 17 capitals and digits.',
    },
    { changed: { SCW_DEFAULT_REGION: '../x' }, error: 'SCW_DEFAULT_REGION must be a region such as fr-par.' },
    { changed: { SCW_API_URL: 'http://example.org' }, error: 'SCW_API_URL must be an https URL' },
  ])('$changed is refused without its value', ({ changed, error }) => {
    expect(() => readLogin({ ...key, ...changed })).toThrow(error)
    expect(() => readLogin({ ...key, ...changed })).not.toThrow(/hunter2|example/)
  })
})
