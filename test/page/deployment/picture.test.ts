import { expect, test } from 'vitest'
import { newsBetween } from '../../../scripts/page/deployment/news.ts'
import { deploymentPicture } from '../../../scripts/page/deployment/picture.ts'
import { readStatusOfSeveral } from '../../../scripts/status/status.ts'
import { bodyOfSeveral, keyBody, now, previousKey as previous, statusWith } from '../../commands/status/statuses.ts'

const alarm = { code: 'secret-deleted', alarming: true, message: 'Restore it.' }

test('a deployment has its keys, their ends and the next rotation, and nothing to press', () => {
  const { lanes, mode, clock, buttons, health, counters, startedAt, table } = picture(
    statusWith({ previous: [previous] }),
  )
  expect({ mode, clock, buttons }).toEqual({ mode: 'deployment', clock: null, buttons: [] })
  expect(health).toEqual({ state: 'healthy', problems: [], nextRotation: Date.parse('2026-05-01T02:00:00Z') })
  expect([counters.keysAlive, new Date(startedAt).toISOString()]).toEqual([2, previous.created_at])
  const [older, served] = lanes[0]?.bars ?? []
  expect(older?.phases.map(({ kind }) => kind)).toEqual(['served', 'overlap'])
  expect(older?.phases[1]?.from).toBe(served?.createdAt)
  expect(served?.phases.map(({ kind }) => kind)).toEqual(['served'])
  expect(lanes[0]?.ghosts.map(({ kind, label, to }) => [kind, label, new Date(to).toISOString()])).toEqual([
    ['overlap', '', previous.ends_after],
    ['served', '', '2026-05-01T02:00:00.000Z'],
    ['served', 'the next key', expect.any(String)],
  ])
  expect(table).toMatch(/^healthy\n\n {2}access key /)
})

test('what was rolled back and what was never published are drawn as such', () => {
  const rolledBack = { ...previous, revision: 9, status: 'disabled', created_at: '2026-04-01T13:30:00.000Z' }
  const orphan = { access_key: 'SCWORPHANORPHANORPHA', created_at: '2026-04-01T13:50:00.000Z' }
  const { lanes } = picture(statusWith({ previous: [rolledBack], orphans: [orphan] }))
  expect(lanes[0]?.bars.map(({ revision, phases }) => [revision, phases.at(-1)?.kind])).toEqual([
    [expect.any(Number), 'served'],
    [9, 'rolled-back'],
    [null, 'unpublished'],
  ])
})

test('each of several keys has a lane, and its problems name it; one that could not be read has a problem and no lane', () => {
  const body = bodyOfSeveral(
    { billing: keyBody({ healthy: false, problems: [alarm] }), mailer: { healthy: false, error: 'out-of-time' } },
    { healthy: false },
  )
  const status = readStatusOfSeveral(body)
  if (status === undefined) throw new Error('This is not a status of several keys.')
  const { lanes, health, table } = picture(status)
  expect(lanes.map(({ name }) => name)).toEqual(['billing'])
  expect(health.state).toBe('unhealthy')
  expect(health.problems.map(({ code, lane }) => [code, lane])).toEqual([
    ['secret-deleted', 'billing'],
    ['out-of-time', 'mailer'],
  ])
  expect(table).toContain('\nbilling: NOT HEALTHY: secret-deleted\n')
})

test('two looks at the same deployment are no news', () => {
  expect(newsBetween(picture(statusWith()), picture(statusWith()))).toEqual([])
})

test('a rotation, a problem and its end between two looks are told', () => {
  const healthy = picture(statusWith())
  const rotated = picture(statusWith({ current: { ...next }, previous: [previous] }))
  const ill = picture(statusWith({ healthy: false, problems: [alarm] }))
  expect(newsBetween(undefined, healthy).map(({ text }) => text)).toEqual(['The first look: healthy.'])
  expect(newsBetween(healthy, rotated).map(({ text }) => text)).toContain('Key …NEXT published as revision 3.')
  expect(newsBetween(healthy, ill)).toEqual([{ text: 'Restore it.', code: 'secret-deleted', tone: 'bad', lane: null }])
  expect(newsBetween(ill, healthy).map(({ text, code }) => [text, code])).toEqual([
    ['This is over:', 'secret-deleted'],
    ['Healthy again.', null],
  ])
})

const next = {
  access_key: 'SCWNEXTNEXTNEXTNNEXT',
  revision: 3,
  created_at: '2026-04-01T12:00:00.000Z',
  expires_at: '2026-06-29T02:00:00.000Z',
}

function picture(status: Parameters<typeof deploymentPicture>[0]['status']) {
  return deploymentPicture({ status, name: 'default', now, happenings: [] })
}
