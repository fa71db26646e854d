import { describe, expect, test } from 'vitest'
import { phases, sharedWorld } from './stage.ts'

const stage = sharedWorld()

describe.sequential('a world', () => {
  test('begins with a first key, an application that holds it, and what is planned', () => {
    const { picture } = stage.world
    expect(picture).toMatchObject({
      mode: 'local',
      startedAt: Date.parse('2026-01-30T08:00:00Z'),
      health: { state: 'healthy' },
    })
    expect(picture.counters).toEqual({ refused: 0, renewed: 0, calls: 1, rotations: 1, keysAlive: 1 })
    expect(stage.told()).toEqual([
      expect.stringMatching(/^Key ….{4} made, proven and published as revision 1: nothing that works was served\.$/),
      'The application holds revision 1.',
      'The status is 200: healthy.',
    ])
    const [bar] = stage.lane().bars
    expect(stage.lane().ghosts.map(({ accessKey, kind, label }) => [accessKey, kind, label])).toEqual([
      [bar?.accessKey, 'served', ''],
      [bar?.accessKey, 'overlap', ''],
      [null, 'served', 'the next key'],
      [null, 'served', 'and the next'],
    ])
    expect(picture.table).toMatch(/^healthy\n\n {2}access key +revision +status/)
    expect(picture.buttons.map(({ blocked }) => blocked)).toEqual(Array(8).fill(null))
  })

  test('links each code to a document of its own server', () => {
    const [first] = stage.world.picture.happenings
    expect(first).toMatchObject({ code: 'no-usable-key', tone: 'good' })
    expect(first?.link).toMatch(/^\/docs\/how-it-works\.md#no-usable-key$/)
  })

  test('rotates when it is asked to, and the key before works on', async () => {
    expect(await stage.press('rotate')).toBe('200: the key was rotated minutes ago, so nothing was changed.')
    await stage.pass({ minutes: 20 })
    expect(await stage.press('rotate')).toBe('200: revision 2 is published.')
    expect(stage.lane().bars.map(phases)).toEqual([
      ['unpublished', 'served', 'overlap'],
      ['unpublished', 'served'],
    ])
    expect(stage.told()).toContainEqual(expect.stringMatching(/as revision 2: the operator asked for it\.$/))
  })

  test('rolls back to it', async () => {
    await stage.pass({ hours: 1 })
    expect(await stage.press('rollback')).toBe('200: revision 1 is served again.')
    expect(stage.lane().bars.map(phases)).toEqual([
      ['unpublished', 'served', 'overlap', 'served'],
      ['unpublished', 'served', 'rolled-back'],
    ])
    expect(await stage.press('rollback')).toMatch(/^409: /)
  })

  test('revokes: 75 s pass in its own time, whatever the clock’s speed, and no older key works', async () => {
    await stage.pass({ hours: 1 })
    const beforeMs = stage.world.machine.nowMs
    expect(await stage.press('revoke')).toMatch(
      /^200 after 7\d s: done, revision 3 is served and no older key of ours works\.$/,
    )
    expect(stage.world.machine.nowMs - beforeMs).toBeGreaterThanOrEqual(75_000)
    expect(stage.alive()).toMatchObject([{ revision: 3 }])
    expect(stage.lane().bars.map(({ endedBy }) => endedBy)).toEqual(['function', 'function', null])
  })

  test('lets the application renew its key at once, and shows on which key it called', async () => {
    await stage.pass({ hours: 2 })
    const { counters } = stage.world.picture
    expect(counters).toMatchObject({ refused: 0, renewed: 1 })
    expect(stage.lane().calls.map(({ outcome }) => outcome)).toEqual(['answered', 'renewed', 'answered'])
    expect(stage.lane().calls.at(-1)).toMatchObject({ accessKey: stage.alive()[0]?.accessKey, everyMs: 1_800_000 })
  })

  test('flags what was pressed, and says nothing of what could not be', () => {
    const { flags } = stage.world.picture
    expect(flags.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'operator Rotate',
      'operator Rotate',
      'operator Roll back',
      'operator Roll back',
      'operator Revoke',
    ])
  })

  test('shows no secret, neither on the page nor in the terminal', () => {
    const { scaleway } = stage.world.deployment
    const secrets = [...scaleway.state.secretKeys.keys()]
    expect(secrets.length).toBeGreaterThan(5)
    const shown = `${JSON.stringify(stage.world.picture)}${stage.lines.join('\n')}`
    expect(secrets.filter(secret => shown.includes(secret))).toEqual([])
  })
})
