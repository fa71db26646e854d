import { cronToken } from '../../../scripts/local/identities.ts'
import type { ApiKeyRecord, Clock, VersionRecord } from '../../fake-scaleway/index.ts'
import type { Deployment } from '../../support/rotation.ts'
import { Foreign, isOurs } from './foreign.ts'
import { leftOver, type Timers } from './left-over.ts'

/** What must hold at every moment of every simulated run, by a short name. */
type Invariant =
  | 'no consumer is refused'
  | 'the served key works'
  | 'no key or version outlives its bound'
  | 'no unmanaged key or version is changed'
  | 'no quota is exceeded'
  | 'a rollback stays in force'
  | 'no older key works after a revoke'
  | 'no secret is disclosed'
  | 'every call is answered'
  | 'the last working key is not deleted'
  | 'a run repeats no action'
  | 'no unnecessary key is created'
  | 'nothing is rolled back without a request'
  | 'every due action is done'
  | 'whoever has no right is refused'
  | 'a key that somebody else made is an alarm'
  | 'a wrong clock changes nothing'
  | 'the bound is exact'
  | 'no run touches another key’s things'
  | 'what befalls one key changes nothing for the others'
  | 'the calls keep their pace'
  | 'a heartbeat means that all keys are well'
  | 'the status says what is'
  | 'every consumer is given its own key'

/** An invariant that was violated, and when. */
export interface Violation {
  readonly invariant: Invariant
  readonly at: Date
  readonly detail: string
}

const defaults: Timers = { overlapHours: 120, keepVersions: 3 }
const hourMs = 3_600_000
/**
 * How long after a key was last served retrieval may still give it: its cache, and its answers while Scaleway is
 * unreachable.
 */
const retrievalMs = 360_000

interface Published {
  readonly secretKey: string
  readonly accessKey: string
  /** The last moment (epoch milliseconds) at which `latest_enabled` gave it. */
  lastServedMs: number
}

/** What is checked: a deployment, in this process or in processes of its own. */
interface Watched
  extends Pick<Deployment, 'cloud' | 'ids' | 'lines' | 'answers' | 'keys' | 'versions' | 'served' | 'secrets'> {
  readonly clock: Clock
}

/** What a watch may be given. */
interface WatchOptions {
  readonly timers?: Partial<Timers>
  readonly violations?: Violation[]
}

/**
 * Checks the true state of a local Scaleway after every step of a simulated run, and records violations. It represents
 * every consumer that refreshes within the overlap: a key that was served at any moment must work for an overlap from
 * then on.
 */
export class Watch {
  readonly violations: Violation[]
  /** The highest number of versions, and of keys of ours, that existed at the same time. */
  readonly most = { versions: 0, keys: 0 }
  /** How often a rollback was overtaken because lists hid both the version and its rollback. */
  hiddenRollbacks = 0
  readonly #deployment: Watched
  readonly #timers: Timers
  readonly #published = new Map<number, Published>()
  readonly #excused = new Set<string>()
  readonly #foreign = new Foreign()
  readonly #manuallyDeleted = new Set<string>()
  #working: readonly ApiKeyRecord[] = []
  #revokedBefore = 0
  #standing: { readonly below: number; readonly isHidden: boolean } | undefined
  #editedMs = Number.NEGATIVE_INFINITY
  #revokedAt: Date | undefined

  /** Takes what is watched, timers that differ from the defaults, and the list of violations if others share it. */
  constructor(deployment: Watched, { timers = {}, violations = [] }: WatchOptions = {}) {
    this.#deployment = deployment
    this.#timers = { ...defaults, ...timers }
    this.violations = violations
  }

  /** Records a violation. Of each invariant only the first is kept. */
  note(invariant: Invariant, detail: string): void {
    if (this.violations.some(known => known.invariant === invariant)) return
    this.violations.push({ invariant, at: this.#deployment.clock.now(), detail })
  }

  /** Call this after every step, and after every call inside it. */
  look(): void {
    const { cloud, clock } = this.#deployment
    const heldMs = this.#timers.overlapHours * hourMs + retrievalMs
    const nowMs = clock.now().getTime()
    const versions = this.#deployment.versions()
    const keys = this.#deployment.keys()
    const served = versions.find(({ status }) => status === 'enabled')
    this.#learn(versions)
    const current = served && this.#published.get(served.revision)
    if (current !== undefined) current.lastServedMs = nowMs
    this.#lookAtLeak(versions)
    for (const [revision, { secretKey, lastServedMs }] of this.#published) {
      if (nowMs - lastServedMs > heldMs || this.#excused.has(secretKey)) continue
      if (!cloud.authenticates(secretKey)) this.note('no consumer is refused', `the key of revision ${revision}`)
    }
    const own = keys.filter(isOurs)
    this.most.versions = Math.max(this.most.versions, versions.length)
    this.most.keys = Math.max(this.most.keys, own.length)
    if (versions.length > 20 || own.length > 6) {
      this.note('no quota is exceeded', `${versions.length} versions, ${own.length} keys of ours`)
    }
    this.#lookAtLast(keys, nowMs)
    for (const name of this.#foreign.touched(keys, versions)) this.note('no unmanaged key or version is changed', name)
    const before = this.#revokedAt
    const alive = own.filter(
      key => before !== undefined && key.createdAt < before && this.#revisionOf(key) < this.#revokedBefore,
    )
    if (alive.length > 0) this.note('no older key works after a revoke', `${alive.length} older keys`)
  }

  /** Call this after an hourly run that met no fault and no lag: what is served must work. */
  afterCleanHourlyRun(status: number): void {
    const { cloud, served, versions } = this.#deployment
    const newest = versions().find(({ status }) => status === 'enabled')
    if (newest !== undefined && !isOurs(newest)) return
    if (this.#standing !== undefined && newest !== undefined && newest.revision >= this.#standing.below) {
      if (this.#standing.isHidden) this.hiddenRollbacks += 1
      else
        this.note(
          'a rollback stays in force',
          `revision ${newest.revision} is served after a rollback of revision ${this.#standing.below}`,
        )
      this.#standing = undefined
    }
    const current = served()
    if (status !== 200 || current === undefined || !cloud.authenticates(current.secretKey)) {
      this.note('the served key works', `an hourly run without faults answered ${status}`)
    }
  }

  /**
   * Call this after an operator's rollback that was answered 200: an older revision is served, after the next hourly
   * run at the latest. It stays in force as long as the rolled-back key exists; that key may be deleted from the start.
   * While lists do not show the version itself yet, a rotation cannot know of either: that is counted separately.
   */
  rolledBack(revision: number): void {
    const { cloud, clock, versions } = this.#deployment
    const secretKey = this.#published.get(revision)?.secretKey
    if (secretKey === undefined || !cloud.authenticates(secretKey)) return
    const createdMs =
      versions()
        .find(version => version.revision === revision)
        ?.createdAt.getTime() ?? 0
    const isHidden = clock.now().getTime() - createdMs < cloud.faults.listLagSeconds * 1_000
    this.#standing = { below: revision, isHidden }
  }

  /** Call this when something may end a rollback: the operator, age, expiry, a person's edit. */
  rollbackMayEnd(): void {
    this.#standing = undefined
  }

  /** Call this after a `revoke` that answered done: no key of a revision below this one may ever work again. */
  revoked(revision: number): void {
    this.#revokedBefore = Math.max(this.#revokedBefore, revision)
    const key = this.#published.get(revision)?.accessKey
    this.#revokedAt = this.#deployment.keys().find(({ accessKey }) => accessKey === key)?.createdAt ?? this.#revokedAt
    this.look()
  }

  /** Call this when a person deleted a key, or enabled a version whose key is deleted: its consumers may be refused. */
  excuse(accessKey: string): void {
    this.#manuallyDeleted.add(accessKey)
    for (const published of this.#published.values()) {
      if (published.accessKey === accessKey) this.#excused.add(published.secretKey)
    }
  }

  /** Call this after a person edited: what is unmanaged now must stay as it is. */
  edited(): void {
    this.#foreign.leave(this.#deployment.keys(), this.#deployment.versions())
    this.#editedMs = this.#deployment.clock.now().getTime()
    this.rollbackMayEnd()
  }

  /**
   * Call this at the end of a simulated run, after days of clean hourly runs: nothing is left over, no secret was
   * disclosed.
   */
  atEnd(): void {
    const { clock, ids, versions, keys, served, lines, answers, secrets } = this.#deployment
    this.look()
    const left = leftOver({
      keys: keys(),
      versions: versions(),
      servedAccessKey: served()?.accessKey,
      revisionOf: key => this.#revisionOf(key),
      nowMs: clock.now().getTime(),
      timers: this.#timers,
    })
    for (const name of left) this.note('no key or version outlives its bound', name)
    const written = [...lines, ...answers].join('\n')
    if ([...secrets(), cronToken(ids)].some(secret => written.includes(secret)))
      this.note('no secret is disclosed', 'in a log line or an answer')
  }

  /** A published key that works is deleted only while another one that works is published. */
  #lookAtLast(keys: readonly ApiKeyRecord[], nowMs: number): void {
    const isLive = ({ expiresAt }: ApiKeyRecord) => expiresAt === undefined || expiresAt.getTime() > nowMs
    const deleted = this.#working.filter(
      key =>
        isLive(key) &&
        !this.#manuallyDeleted.has(key.accessKey) &&
        !keys.some(({ accessKey }) => accessKey === key.accessKey),
    )
    // A key whose version a person deleted can no longer be given to a consumer.
    const versions = this.#deployment.versions().filter(({ status }) => status !== 'scheduled_for_deletion')
    const named = new Set(versions.map(({ revision }) => this.#published.get(revision)?.accessKey))
    this.#working = keys.filter(key => isLive(key) && named.has(key.accessKey))
    // A list may still show as enabled what a person disabled less than a minute ago.
    if (deleted.length === 0 || nowMs - this.#editedMs < 60_000) return
    const enabled = versions.filter(({ status }) => status === 'enabled')
    const isAnyLeft = enabled.some(({ revision }) => {
      const accessKey = this.#published.get(revision)?.accessKey
      return this.#working.some(key => key.accessKey === accessKey)
    })
    if (!isAnyLeft)
      this.note('the last working key is not deleted', `${deleted.length} deleted, and no working key is left`)
  }

  #learn(versions: readonly VersionRecord[]): void {
    const { cloud, ids } = this.#deployment
    for (const version of versions) {
      if (this.#published.has(version.revision) || !isOurs(version)) continue
      const { API_KEY, SECRET_KEY } = JSON.parse(cloud.secrets.payload(ids.secretId, version.revision))
      this.#published.set(version.revision, {
        accessKey: API_KEY,
        secretKey: SECRET_KEY,
        lastServedMs: Number.NEGATIVE_INFINITY,
      })
    }
  }

  /** If a flagged version exists, older keys may be deleted at once: their consumers are refused, and refresh. */
  #lookAtLeak(versions: readonly VersionRecord[]): void {
    const flagged = versions.find(version => isOurs(version) && version.description?.endsWith(' flag=compromise'))
    if (flagged === undefined) return
    for (const [revision, { secretKey }] of this.#published) {
      if (revision < flagged.revision) this.#excused.add(secretKey)
    }
  }

  #revisionOf({ accessKey }: ApiKeyRecord): number {
    let highest = 0
    for (const [revision, published] of this.#published) {
      if (published.accessKey === accessKey) highest = Math.max(highest, revision)
    }
    return highest
  }
}
