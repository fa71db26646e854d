import { describe, expect, test } from 'vitest'
import { renderSeveral } from '../../../scripts/status/render-several.ts'
import { readStatusOfSeveral } from '../../../scripts/status/status.ts'
import {
  accessKey,
  bodyOfSeveral,
  credentialAlarm,
  credentials,
  keyBody,
  now,
  previousKey,
  servedKey,
} from './statuses.ts'

/** Renders a status of several keys, as wide as a usual terminal. */
function render(body: unknown, { all = false, colours = false } = {}): string {
  const status = readStatusOfSeveral(body) ?? expect.fail('This is not a status.')
  return renderSeveral(status, { now, width: 80, colours }, { all })
}

const noKeyYet = {
  healthy: false,
  current: null,
  overdue_after: null,
  problems: [
    { code: 'orphan', alarming: false, message: 'A key was created and not published.' },
    { code: 'no-usable-key', alarming: true, message: 'No working key is served.' },
  ],
}
const unreadable = { healthy: false, error: 'upstream-timeout', message: 'hunter2' }

describe('the status of several keys as text', () => {
  test('has a line for each key, and what concerns the deployment', () => {
    const paused = {
      next_rotation: null,
      current: { ...servedKey, created_at: '2026-02-20T14:00:00Z', expires_at: null },
    }
    const keys = { billing: keyBody({ previous: [previousKey] }), 'mail-2': keyBody(paused) }
    expect(render(bodyOfSeveral(keys, { version: '1.2.3' }))).toBe(`healthy

  key      health   age         ends        next rotation  overdue     problems
  billing  healthy  60 minutes  in 89 days  in 29 days     in 34 days  none
  mail-2   healthy  40 days     never       none           in 34 days  none

  API keys          12 of 50
  rotator's key     SCW00000000000000099, 90 days old, never expires
  version           1.2.3

  One in full, with its time line: npm run status -- --key billing. All: --all.`)
  })

  test('says how many keys are not healthy, alarms of the deployment first, and which key to look at', () => {
    const body = bodyOfSeveral(
      { billing: keyBody(), mailer: keyBody(noKeyYet), search: unreadable },
      {
        healthy: false,
        unhealthy: ['mailer', 'search'],
        problems: [
          { code: 'keys-hidden', alarming: false, message: 'Some keys cannot be listed.' },
          { code: 'unknown-key', alarming: true, message: 'A key that Terraform did not make.' },
        ],
        rotator_key: undefined,
        api_keys: undefined,
      },
    )
    expect(render(body)).toBe(`NOT HEALTHY: unknown-key, 2 of 3 keys

  ALARM  unknown-key: A key that Terraform did not make.
  note   keys-hidden: Some keys cannot be listed.

  key      health       age         ends        next rotation  overdue     problems
  billing  healthy      60 minutes  in 89 days  in 29 days     in 34 days  none
  mailer   NOT HEALTHY  no key                  in 29 days                 no-usable-key, orphan
  search   unknown                                                         upstream-timeout

  One in full, with its time line: npm run status -- --key mailer. All: --all.`)
  })

  test('with all keys wanted has each in full with its time line, below its name', () => {
    const body = bodyOfSeveral(
      { billing: keyBody(), mailer: keyBody(noKeyYet), search: unreadable },
      { healthy: false },
    )
    const text = render(body, { all: true })
    expect(text).toMatch(/\n\nbilling: healthy\n\n {2}access key .*\n {2}revision 2 +├─+┤\n +2026-04-01 +2026-06-30\n/s)
    expect(text).toMatch(
      /\n\nmailer: NOT HEALTHY: no-usable-key\n\n {2}ALARM {2}no-usable-key: No working key is served\.\n/,
    )
    expect(text).toMatch(
      /\n\nsearch: its status could not be read \(upstream-timeout\): the function's log has the cause$/,
    )
    expect(text).not.toMatch(/hunter2|--all/)
    // They are the deployment's.
    expect(text.match(/rotator's key/g)).toHaveLength(1)
  })

  test('has the deployment’s credentials in one table, with each key in full as well', () => {
    const body = bodyOfSeveral(
      { billing: keyBody(), mailer: keyBody() },
      { healthy: false, credentials, problems: [credentialAlarm] },
    )
    expect(render(body)).toContain(`
  API keys          12 of 50

  credential    access key            age       ends
  rotator       SCW00000000000000099  90 days   never
  reader        SCW00000000000000098  90 days   in 10 days          ALARM
  consumer-app  SCW00000000000000097  400 days  was due 3 days ago  ALARM
  consumer-app  SCW00000000000000096  9 days    in 100 days

  One in full`)
    expect(render(body, { all: true }).match(/^ {2}credential .*$/gm)).toHaveLength(1)
    expect(render(body, { colours: true })).toContain('\u001b[31m  reader ')
  })

  test('is coloured without any other change, and has no character that controls a terminal', () => {
    const evil = '\u001b[2J\u009b31m\r\n\u0007\u202e\u2028'
    const body = bodyOfSeveral(
      {
        billing: keyBody({ problems: [{ code: evil, alarming: true, message: evil }] }),
        mailer: { healthy: false, error: evil },
      },
      { problems: [{ code: evil, alarming: true, message: evil }] },
    )
    const plain = render(body, { all: true })
    expect(plain.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(plain).toContain('mailer: its status could not be read (unreadable)')
    const coloured = render(body, { all: true, colours: true })
    expect(coloured).toContain('\u001b[32m  billing')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with it
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain)
  })

  test.each([
    { is: 'a name that no key can have', keys: { [accessKey(1)]: keyBody() } },
    { is: 'a key without a status', keys: { billing: { healthy: true } } },
    { is: 'no keys', keys: undefined },
  ])('is no status with $is', ({ keys }) => {
    expect(readStatusOfSeveral({ ...bodyOfSeveral({}), keys })).toBeUndefined()
  })
})
