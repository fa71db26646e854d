import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Plan, plan } from '../../functions/rotation/plan/plan.ts'
import { nothingSoFar, type RunRequest } from '../../functions/rotation/plan/situation.ts'
import { inFlightMs, settleMs } from '../../functions/rotation/plan/timing.ts'
import {
  ageMs,
  isExpired,
  isMarked,
  type Key,
  keyOf,
  markedKeys,
  servedVersion,
  usableKeyOf,
  type Version,
  type World,
} from '../../functions/rotation/plan/world.ts'
import { asks, hoursAgo, key, now, policy, version } from '../support/worlds.ts'

const letters = 'ABCDEFGHIJKLMNOP'.split('')
const ageHours = fc.oneof(
  fc.double({ min: 0, max: 2, noNaN: true }),
  fc.double({ min: 100, max: 140, noNaN: true }),
  fc.double({ min: 0, max: 2400, noNaN: true }),
)

const arbitraryKey = (name: string): fc.Arbitrary<Key> =>
  fc
    .record({
      age: ageHours,
      unmanaged: fc.boolean(),
      endsInHours: fc.option(fc.double({ min: -50, max: 2000, noNaN: true })),
    })
    .map(({ age, ...options }) => key(name, age, options))

const arbitraryVersion = (revision: number): fc.Arbitrary<Version> =>
  fc
    .record({
      name: fc.option(fc.constantFrom(...letters), { freq: 6 }),
      age: ageHours,
      updatedShare: fc.double({ min: 0, max: 1, noNaN: true }),
      status: fc.constantFrom('enabled', 'enabled', 'disabled', 'disabled', 'scheduled_for_deletion'),
      compromise: fc.constantFrom(true, false, false, false, false, false, false),
    })
    .map(({ name, age, updatedShare, ...options }) =>
      version(revision, name, age, { ...options, updatedHoursAgo: age * updatedShare }),
    )

// Made once, and not anew for each world.
const arbitraryKeys = letters.map(arbitraryKey)
const arbitraryVersions = Array.from({ length: 21 }, (_, index) => arbitraryVersion(21 - index))

const wildWorld: fc.Arbitrary<World> = fc
  .record({
    keys: fc.subarray(arbitraryKeys).chain(keys => fc.tuple(...keys)),
    versions: fc
      .integer({ min: 0, max: 21 })
      .chain(count => fc.tuple(...arbitraryVersions.slice(arbitraryVersions.length - count))),
  })
  .map(({ keys, versions }) => ({ keys, versions }))

/** A world as rotations leave it: ages fall with the revision, each version has a key of its own, and most of these keys exist. */
const rotatedWorld: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      sinceNewerHours: fc.constantFrom(0.05, 0.5, 3, 24, 121, 150, 400, 850),
      version: fc.constantFrom('enabled', 'enabled', 'disabled', 'none'),
      key: fc.constantFrom('ours', 'ours', 'ours', 'unmanaged', 'gone', 'ending', 'expired'),
      updated: fc.boolean(),
      compromise: fc.constantFrom(true, false, false, false, false),
    }),
    { maxLength: 8 },
  )
  .map(steps => {
    let ageHours = 0
    const history: { keys: Key[]; versions: Version[] } = { keys: [], versions: [] }
    for (const [index, step] of steps.entries()) {
      ageHours += step.sinceNewerHours
      const name = letters[index] ?? 'Z'
      const endsInHours = step.key === 'ending' ? 100 : step.key === 'expired' ? -1 : 1500
      if (step.key !== 'gone')
        history.keys.push(key(name, ageHours, { endsInHours, unmanaged: step.key === 'unmanaged' }))
      if (step.version === 'none') continue
      const updatedHoursAgo = step.updated ? ageHours / 2 : ageHours
      const status = step.version === 'enabled' ? 'enabled' : 'disabled'
      history.versions.push(
        version(100 - index, name, ageHours, { status, updatedHoursAgo, compromise: step.compromise }),
      )
    }
    return history
  })

const arbitraryWorld = fc.oneof(wildWorld, rotatedWorld)

const rollback = fc.record({
  action: fc.constant('rollback' as const),
  operator: fc.constant(true),
  force: fc.constant(false),
  revision: fc.option(fc.constantFrom(100, 99, 98, 97, 21, 3, 1)),
})
const arbitraryAsk: fc.Arbitrary<RunRequest> = fc.oneof(fc.constantFrom(...Object.values(asks)), rollback)

type Judge = (world: World, planned: Plan, request: RunRequest) => void

/** Plans for many arbitrary worlds (always the same ones with a `seed`) and checks a rule on each. */
function always(judge: Judge, { numRuns = 600, seed }: { numRuns?: number; seed?: number } = {}): void {
  fc.assert(
    fc.property(arbitraryWorld, arbitraryAsk, (world, request) => {
      judge(world, plan({ world, policy, request, soFar: nothingSoFar, now }), request)
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  )
}

function versionOf(world: World, revision: number): Version {
  const found = world.versions.find(candidate => candidate.revision === revision)
  if (found === undefined) throw new Error(`the plan names revision ${revision}, which does not exist`)
  return found
}

function listedKey(world: World, name: string): Key {
  const found = world.keys.find(candidate => candidate.accessKey === name)
  if (found === undefined) throw new Error(`the plan names the key ${name}, which does not exist`)
  return found
}

describe('for arbitrary worlds', () => {
  test('nothing without our marker is ever touched', () => {
    always((world, { actions }) => {
      for (const action of actions) {
        if (action.kind === 'revoke') expect(listedKey(world, action.accessKey).marker).not.toBeNull()
        if (action.kind === 'retire' || action.kind === 'prune') {
          expect(versionOf(world, action.revision).marker).not.toBeNull()
        }
      }
    })
  })

  test('at most one key is issued, and before anything is disabled or deleted', () => {
    always((_, { actions, refusal }) => {
      const issues = actions.flatMap(({ kind }, index) => (kind === 'issue' ? [index] : []))
      expect(issues).toEqual(issues.length === 0 ? [] : [0])
      if (refusal !== undefined) expect(issues).toEqual([])
    })
  })

  test('a run that neither issues nor is refused leaves a served key that works, or an unmanaged version', () => {
    always((world, { actions, refusal }, request) => {
      if (request.action === 'rollback' || refusal !== undefined || actions.some(({ kind }) => kind === 'issue')) return
      const served = servedVersion(world)
      expect(served).toBeDefined()
      if (served !== undefined && isMarked(served)) expect(usableKeyOf(world, served, now)).toBeDefined()
    })
  })

  test('only a rollback disables the served version, and its working key is never deleted', () => {
    always((world, { actions }, request) => {
      const served = servedVersion(world)
      if (served === undefined || request.action === 'rollback') return
      const working = usableKeyOf(world, served, now)
      for (const action of actions) {
        if (action.kind === 'retire' || action.kind === 'prune') expect(action.revision).not.toBe(served.revision)
        if (action.kind === 'revoke') expect(action.accessKey).not.toBe(working?.accessKey)
      }
    })
  })

  test('a key that works is deleted only if no enabled version names it', () => {
    always((world, { actions }) => {
      for (const action of actions) {
        if (action.kind !== 'revoke' || action.reason === 'compromised') continue
        if (isExpired(listedKey(world, action.accessKey), now)) continue
        const naming = world.versions.filter(({ marker }) => marker?.accessKey === action.accessKey)
        expect(naming.filter(({ status }) => status === 'enabled')).toEqual([])
      }
    })
  })

  test('everything superseded has a working newer version that is older than overlap and settle time together', () => {
    always((world, { actions }) => {
      for (const action of actions) {
        if (action.kind === 'issue' || action.reason !== 'superseded') continue
        const revisions = world.versions
          .filter(({ marker }) => marker?.accessKey === action.accessKey)
          .map(({ revision }) => revision)
        const behind = action.kind === 'retire' ? action.revision : Math.max(0, ...revisions)
        const releasing = world.versions.filter(
          newer =>
            newer.revision > behind &&
            newer.status === 'enabled' &&
            usableKeyOf(world, newer, now) !== undefined &&
            ageMs(newer.createdAt, now) > policy.overlapMs + settleMs &&
            ageMs(newer.updatedAt, now) > policy.overlapMs + settleMs,
        )
        expect(releasing).not.toEqual([])
      }
    })
  })

  test('a rollback does one thing: it disables the served version that it names, if the one before is ours and works', () => {
    always((world, { actions, refusal }, request) => {
      if (request.action !== 'rollback') return
      expect(actions.length + (refusal === undefined ? 0 : 1)).toBe(1)
      const [action] = actions
      if (action === undefined) return
      expect(action).toMatchObject({ kind: 'retire', reason: 'rolled-back', revision: servedVersion(world)?.revision })
      expect(request.revision).toBe(servedVersion(world)?.revision)
      const [, next] = world.versions.filter(({ status }) => status === 'enabled')
      expect(next && isMarked(next) && usableKeyOf(world, next, now)).toBeTruthy()
    })
  })

  test('everything compromised is older than a flagged version, and a newer key of ours works in its place', () => {
    always((world, { actions }) => {
      const compromised = actions.filter(({ reason }) => reason === 'compromised')
      if (compromised.length === 0) return
      const flagged = world.versions.find(({ marker }) => marker?.compromise)
      expect(flagged).toBeDefined()
      const replacing = world.versions.filter(
        ({ revision, status, marker }) =>
          revision >= (flagged?.revision ?? 0) && status === 'enabled' && marker !== null,
      )
      expect(replacing.some(candidate => usableKeyOf(world, candidate, now) !== undefined)).toBe(true)
      for (const action of compromised) {
        const naming = world.versions.filter(
          ({ marker }) => 'accessKey' in action && marker?.accessKey === action.accessKey,
        )
        const touched = action.kind === 'retire' ? [versionOf(world, action.revision)] : naming
        for (const { revision } of touched) expect(revision).toBeLessThan(flagged?.revision ?? 0)
      }
    })
  })

  test('once a flagged version works, every older key that a version names is deleted', () => {
    always((world, { actions }, request) => {
      const [newest] = world.versions
      if (newest === undefined || !isMarked(newest) || !newest.marker.compromise || newest.status !== 'enabled') return
      if (usableKeyOf(world, newest, now) === undefined || request.action === 'rollback') return
      const revoked = actions.flatMap(action => (action.kind === 'revoke' ? [action.accessKey] : []))
      const named = (accessKey: string) => world.versions.some(({ marker }) => marker?.accessKey === accessKey)
      const unmanaged = world.versions.some(({ marker }) => marker === null)
      if (unmanaged) return
      for (const { accessKey } of markedKeys(world)) {
        if (accessKey !== newest.marker.accessKey && named(accessKey)) expect(revoked).toContain(accessKey)
      }
    })
  })

  test('an orphan is older than the settle time and no version of any status names it', () => {
    always((world, { actions }) => {
      for (const action of actions) {
        if (action.kind !== 'revoke' || action.reason !== 'orphan') continue
        expect(ageMs(listedKey(world, action.accessKey).createdAt, now)).toBeGreaterThan(settleMs)
        expect(world.versions.filter(({ marker }) => marker?.accessKey === action.accessKey)).toEqual([])
      }
    })
  })

  test('a version is deleted only if it is disabled, beyond the record, and its key is deleted', () => {
    always((world, { actions }) => {
      for (const action of actions) {
        if (action.kind !== 'prune') continue
        const pruned = versionOf(world, action.revision)
        expect(pruned.status).toBe('disabled')
        expect(keyOf(world, pruned)).toBeUndefined()
        const kept = world.versions.filter(
          ({ status, marker, revision }) => status === 'disabled' && marker !== null && revision > pruned.revision,
        )
        expect(kept.length).toBeGreaterThanOrEqual(policy.keepVersions)
      }
    })
  })

  test('a key is never issued into a full quota', () => {
    always((world, { actions }) => {
      if (!actions.some(({ kind }) => kind === 'issue')) return
      expect(world.versions.length).toBeLessThan(20)
      expect(markedKeys(world).length).toBeLessThan(13)
    })
  })

  test('a key that was requested without force is not made within ten minutes of the one before', () => {
    always((world, { actions }) => {
      const [first] = actions
      if (first?.kind !== 'issue' || first.reason !== 'requested') return
      const young = world.versions.filter(
        ({ marker, createdAt }) => marker !== null && createdAt > hoursAgo(inFlightMs(policy) / 3_600_000),
      )
      expect(young).toEqual([])
    })
  })

  test('the order of the listed keys does not matter', () => {
    const sorted = ({ actions }: Plan) => String(actions.map(action => JSON.stringify(action)).sort())
    always((world, planned, request) => {
      const reversed = { ...world, keys: [...world.keys].reverse() }
      expect(sorted(plan({ world: reversed, policy, request, soFar: nothingSoFar, now }))).toBe(sorted(planned))
    })
  })
})

// With a seed, because this is about the generators: without one, some run would miss a rule that rarely applies.
test('arbitrary worlds reach every kind of action, every reason and every refusal', () => {
  const seen = new Set<string>()
  always(
    (_, { actions, refusal }) => {
      for (const { kind, reason } of actions) seen.add(`${kind} ${reason}`)
      if (refusal !== undefined) seen.add(`refused ${refusal.code}`)
    },
    { numRuns: 10_000, seed: 1 },
  )
  expect([...seen].sort()).toEqual([
    'issue compromise',
    'issue expires-soon',
    'issue forced',
    'issue key-too-old',
    'issue no-usable-key',
    'issue requested',
    'prune beyond-keep-versions',
    'refused already-rolled-back',
    'refused blocked',
    'refused in-flight',
    'refused no-older-key',
    'refused not-current',
    'refused previous-expires',
    'refused previous-not-usable',
    'refused recent',
    'refused replaces-compromised',
    'refused revision-missing',
    'refused rolled-back',
    'refused too-late',
    'refused unknown-revision',
    'retire compromised',
    'retire key-gone',
    'retire rolled-back',
    'retire superseded',
    'revoke compromised',
    'revoke expired',
    'revoke orphan',
    'revoke superseded',
  ])
})
