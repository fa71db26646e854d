import { describe, expect, test } from 'vitest'
import { identityVariables } from '../../../scripts/local/identities.ts'
import { renderStatus } from '../../../scripts/status/render.ts'
import { deploy } from '../../support/rotation.ts'
import { accessKey, credentialAlarm, credentials, now, previousKey, servedKey, statusWith } from './statuses.ts'

const render = (different = {}) => renderStatus(statusWith(different), { now, width: 80, colours: false })

describe('the status as text', () => {
  test('an hour after a rotation shows the new key and the one in its overlap, in a table and on a time line', () => {
    expect(render({ previous: [previousKey] })).toBe(`healthy

  access key            revision  status   created         ends
  SCW00000000000000002  2         served   60 minutes ago  in 89 days
  SCW00000000000000001  1         enabled  31 days ago     in 5 days

  next rotation     2026-05-01 02:00 UTC (in 29 days)
  overdue after     2026-05-06 02:00 UTC (in 34 days)
  next hourly run   does nothing
  orphans           none
  foreign keys      none
  foreign versions  none
  quota             1 of 20 versions, 1 of 13 keys
  rotator's key     SCW00000000000000099, 90 days old, never expires

                              now        next rotation
  revision 2                   ├───────────────────────────────────────────────┤
  revision 1  ┝━━━━━━━━━━━━━━━━┿──┤
              2026-03-01                                              2026-06-30`)
  })

  test('without a key shows the problems, alarms first, and what the next hourly run will do', () => {
    const status = {
      healthy: false,
      current: null,
      overdue_after: null,
      rotator_key: null,
      next: { actions: [{ kind: 'issue', reason: 'no-usable-key' }], refused: 'blocked' },
      problems: [
        { code: 'orphan', alarming: false, message: 'A key was created and not published.' },
        {
          code: 'no-usable-key',
          alarming: true,
          message:
            'No working key is served. The next hourly run creates one; POST {"action":"rotate"} creates it now.',
        },
        { code: 'blocked', alarming: true, message: '20 versions.' },
      ],
      orphans: [{ access_key: accessKey(7), created_at: '2026-04-01T13:30:00Z' }],
      foreign_keys: [accessKey(8), accessKey(9), accessKey(10)],
      foreign_versions: [4, 5],
    }
    expect(render(status)).toBe(`NOT HEALTHY: no-usable-key, blocked

  ALARM  no-usable-key: No working key is served. The next hourly run creates
         one; POST {"action":"rotate"} creates it now.
  ALARM  blocked: 20 versions.
  note   orphan: A key was created and not published.

  There is no key.

  next rotation     2026-05-01 02:00 UTC (in 29 days)
  overdue after     no rotation yet
  next hourly run   issue (no-usable-key), refused: blocked
  orphans           SCW00000000000000007 (created 30 minutes ago)
  foreign keys      SCW00000000000000008, SCW00000000000000009,
                    SCW00000000000000010
  foreign versions  4, 5
  quota             1 of 20 versions, 1 of 13 keys
  rotator's key     unknown`)
  })

  test('of a paused deployment shows plainly that nothing comes by itself', () => {
    const problems = [{ code: 'paused', alarming: false, message: 'No run comes by itself.' }]
    const text = render({ next_rotation: null, problems })
    expect(text).toMatch(/^healthy\n\n {2}note {3}paused: No run comes by itself\.\n/)
    expect(text).toContain(`
  next rotation     none: paused, nothing rotates by itself
  overdue after     2026-05-06 02:00 UTC (in 34 days)
  next hourly run   none: paused
`)
  })

  test('shows that a schedule never fires, and nothing of either date if the function does not report it', () => {
    expect(render({ next_rotation: null })).toContain('\n  next rotation     none: the schedule never fires\n')
    expect(render({ next_rotation: undefined, overdue_after: undefined })).not.toMatch(/next rotation|overdue after/)
  })

  test('shows that the next rotation ends a key that was rolled back, long before it expires', () => {
    const ends = { ends_after: '2026-06-29T02:00:00Z' }
    const rolledBack = { ...previousKey, ...ends, revision: 3, access_key: accessKey(3), status: 'disabled' }
    expect(render({ previous: [rolledBack] })).toMatch(
      /rolled back +31 days ago +after the next rotation, or in 88 days/,
    )
  })

  test('after a rollback without expiries shows that no key has an end yet, and a creation that is not reported as unknown', () => {
    const { created_at: _, ...older } = previousKey
    const rolledBack = { ...previousKey, revision: 3, access_key: accessKey(3), status: 'disabled' }
    const status = {
      current: { ...servedKey, expires_at: null },
      previous: [{ ...rolledBack, created_at: '2026-04-01T12:00:00Z', ends_after: null }, older],
      problems: [{ code: 'rolled-back', alarming: false, message: 'The newest revision was rolled back.' }],
    }
    expect(render(status)).toBe(`healthy

  note   rolled-back: The newest revision was rolled back.

  access key            revision  status       created         ends
  SCW00000000000000002  2         served       60 minutes ago  never
  SCW00000000000000003  3         rolled back  2 hours ago     no end yet (*)
  SCW00000000000000001  1         enabled      unknown         in 5 days
  (*) no end yet: until the next publication

  next rotation     2026-05-01 02:00 UTC (in 29 days)
  overdue after     2026-05-06 02:00 UTC (in 34 days)
  next hourly run   does nothing
  orphans           none
  foreign keys      none
  foreign versions  none
  quota             1 of 20 versions, 1 of 13 keys
  rotator's key     SCW00000000000000099, 90 days old, never expires

              now
  revision 2  ┝┿───────────────────────────────────────────────────────────────>
  revision 3  ┝┿·······························································>
  revision 1  <┿────────────────────────────────────────────────────┤
              2026-04-01                                              2026-04-07`)
  })

  test('does not say when a key ends that IAM does not show', () => {
    const current = { ...servedKey, expires_at: null }
    const problems = [{ code: 'list-incomplete', alarming: true, message: 'IAM does not show the key.' }]
    expect(render({ healthy: false, current, problems })).toMatch(/served +\S+ \S+ ago +unknown$/m)
  })

  test('distinguishes a deleted key from one that never expires, and shows an end that is overdue', () => {
    const status = {
      healthy: false,
      current: { ...servedKey, expires_at: null, created_at: '2026-03-20T00:00:00Z' },
      previous: [{ ...previousKey, ends_after: '2026-03-31T00:00:00Z' }],
      problems: [{ code: 'no-usable-key', alarming: true, message: 'No key.' }],
    }
    expect(render(status)).toBe(`NOT HEALTHY: no-usable-key

  ALARM  no-usable-key: No key.

  access key            revision  status   created      ends
  SCW00000000000000002  2         served   12 days ago  no longer works
  SCW00000000000000001  1         enabled  31 days ago  was due 38 hours ago

  next rotation     2026-05-01 02:00 UTC (in 29 days)
  overdue after     2026-05-06 02:00 UTC (in 34 days)
  next hourly run   does nothing
  orphans           none
  foreign keys      none
  foreign versions  none
  quota             1 of 20 versions, 1 of 13 keys
  rotator's key     SCW00000000000000099, 90 days old, never expires

                                                                             now
  revision 2                                         ┝━━━━━━━━━━━━━━━━━━━━━━━━━x
  revision 1  ┝━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥  │
              2026-03-01                                              2026-04-01`)
  })

  test('shows a clean-up that is due with its revision and access key', () => {
    const actions = [
      { kind: 'retire', reason: 'superseded', revision: 1 },
      { kind: 'revoke', reason: 'orphan', access_key: accessKey(7) },
    ]
    expect(render({ next: { actions, refused: null } })).toContain(
      '\n  next hourly run   retire revision 1 (superseded), revoke SCW00000000000000007\n                    (orphan)\n',
    )
  })

  test('shows when the rotator’s own key expires, and nothing if the function does not report it', () => {
    const key = { access_key: accessKey(99), created_at: '2026-01-01T00:00:00Z', expires_at: '2026-04-11T14:00:00Z' }
    expect(render({ rotator_key: key })).toContain(
      "\n  rotator's key     SCW00000000000000099, 90 days old, expires in 10 days\n",
    )
    expect(render({ rotator_key: undefined })).not.toContain('rotator')
  })

  test('shows the version of the function, and nothing if the function does not report it', () => {
    expect(render({ version: '1.2.3' })).toContain('\n  version           1.2.3\n')
    expect(render({})).not.toContain('version  ')
  })

  test('lists the deployment’s credentials with age and end, and marks those that an alarm names', () => {
    const text = render({ healthy: false, credentials, problems: [credentialAlarm] })
    expect(text).toContain(`
  quota             1 of 20 versions, 1 of 13 keys

  credential    access key            age       ends
  rotator       SCW00000000000000099  90 days   never
  reader        SCW00000000000000098  90 days   in 10 days          ALARM
  consumer-app  SCW00000000000000097  400 days  was due 3 days ago  ALARM
  consumer-app  SCW00000000000000096  9 days    in 100 days
`)
  })

  test('says what is known of the rotator’s key where its line is not among the credentials', () => {
    expect(render({ credentials: credentials.slice(1) })).toContain(
      "\n  rotator's key     SCW00000000000000099, 90 days",
    )
    expect(render({ credentials, rotator_key: null })).toContain("\n  rotator's key     unknown\n")
    expect(render({ credentials: [] })).not.toContain('credential')
  })

  test('marks no credential that a note names', () => {
    const note = { ...credentialAlarm, alarming: false }
    expect(render({ credentials, problems: [note] })).not.toContain('ALARM')
  })

  test('marks each credential, the rotator’s too, that a function with old ones alarms of', async () => {
    const { ids, clock, instance } = deploy()
    const rotation = instance({ env: identityVariables(ids) })
    clock.advance({ days: 366 })
    await rotation.post()
    const { body } = await rotation.status()
    const text = renderStatus(statusWith(body), { now: clock.now(), width: 80, colours: false })
    const marked = Array.from(text.matchAll(/^ {2}(\S+) .* 366 days .* ALARM$/gm), ([, name]) => name)
    expect(marked).toEqual(['rotator', 'reader', 'operator', 'consumer-app', 'monitor-uptime'])
  })

  test('shows a problem with an unknown code', () => {
    const problems = [{ code: 'moon-too-full', alarming: true, message: 'Wait.', since: 1 }]
    expect(render({ healthy: false, problems })).toMatch(
      /^NOT HEALTHY: moon-too-full\n\n {2}ALARM {2}moon-too-full: Wait\.\n/,
    )
  })

  test('has no character that controls a terminal, whatever the function sends', () => {
    const evil = '\u001b[2J\u009b31m\r\n\u0007\u202e\u2028'
    const text = render({
      current: { ...servedKey, access_key: evil },
      previous: [{ ...previousKey, access_key: evil, status: evil }],
      orphans: [{ access_key: evil, created_at: previousKey.created_at }],
      foreign_keys: [evil],
      next: { actions: [{ kind: evil, reason: evil, access_key: evil }], refused: evil },
      rotator_key: { access_key: evil, created_at: previousKey.created_at, expires_at: null },
      credentials: [{ name: evil, access_key: `${evil}2`, created_at: previousKey.created_at, expires_at: null }],
      problems: [{ code: evil, alarming: true, message: evil }],
    })
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(text).toContain('?[2J?31m????')
  })
})
