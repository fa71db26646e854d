import type { ApiKeyRecord, Clock, VersionRecord } from '../../fake-scaleway/index.ts'
import type { Deployment } from '../../support/rotation.ts'
import { Foreign, isOurs } from './foreign.ts'
import { leftOver } from './left-over.ts'

/** What must hold at every moment of every life, by a short name. */
type Invariant =
  | 'no consumer is refused'
  | 'the served key works'
  | 'nothing outlives its bound'
  | 'nothing unmarked is touched'
  | 'quotas are kept'
  | 'a rollback stands'
  | 'revoked is revoked'
  | 'no secret gets out'
  | 'every call is answered'
  | 'the last working key is kept'
  | 'a run does nothing twice'
  | 'no key is made needlessly'
  | 'nothing is taken back unasked'
  | 'what is due is done'
  | 'only the operator presses the buttons'

/** An invariant that did not hold, and when. */
export interface Violation {
  readonly invariant: Invariant
  readonly at: Date
  readonly detail: string
}

const overlapMs = 120 * 3_600_000
/** Retrieval's cache and its answers while Scaleway is away: how much later than served a key may be fetched. */
const retrievalMs = 360_000

interface Published {
  readonly secretKey: string
  readonly accessKey: string
  /** The last moment at which `latest_enabled` was seen to give it. */
  lastServedMs: number
}

/** What is watched: a deployment, in this process or in processes of its own. */
interface Watched
  extends Pick<Deployment, 'cloud' | 'ids' | 'lines' | 'answers' | 'keys' | 'versions' | 'served' | 'secrets'> {
  readonly clock: Clock
}

/**
 * Looks at the truth of a local Scaleway after every step of a life, and notes what must not be. It stands for every
 * consumer that refreshes within the overlap: whatever was served at any moment must work for an overlap from then on.
 */
export class Watch {
  readonly violations: Violation[] = []
  /** How many versions, and how many keys of ours, there were at a time. */
  readonly most = { versions: 0, keys: 0 }
  /** How often a rollback came to nothing because lists hid both the version and that it was taken back. */
  hiddenRollbacks = 0
  readonly #deployment: Watched
  readonly #published = new Map<number, Published>()
  readonly #excused = new Set<string>()
  readonly #foreign = new Foreign()
  readonly #byHand = new Set<string>()
  #working: readonly ApiKeyRecord[] = []
  #revokedBefore = 0
  #standing: { readonly below: number; readonly isHidden: boolean } | undefined
  #editedMs = Number.NEGATIVE_INFINITY
  #revokedAt: Date | undefined

  constructor(deployment: Watched) {
    this.#deployment = deployment
  }

  /** Notes a violation. */
  note(invariant: Invariant, detail: string): void {
    if (this.violations.some(known => known.invariant === invariant)) return
    this.violations.push({ invariant, at: this.#deployment.clock.now(), detail })
  }

  /** After every step, and every call inside it. */
  look(): void {
    const { cloud, clock } = this.#deployment
    const nowMs = clock.now().getTime()
    const versions = this.#deployment.versions()
    const keys = this.#deployment.keys()
    const served = versions.find(({ status }) => status === 'enabled')
    this.#learn(versions)
    const current = served && this.#published.get(served.revision)
    if (current !== undefined) current.lastServedMs = nowMs
    this.#lookAtLeak(versions)
    for (const [revision, { secretKey, lastServedMs }] of this.#published) {
      if (nowMs - lastServedMs > overlapMs + retrievalMs || this.#excused.has(secretKey)) continue
      if (!cloud.authenticates(secretKey)) this.note('no consumer is refused', `the key of revision ${revision}`)
    }
    const own = keys.filter(isOurs)
    this.most.versions = Math.max(this.most.versions, versions.length)
    this.most.keys = Math.max(this.most.keys, own.length)
    if (versions.length > 20 || own.length > 13) {
      this.note('quotas are kept', `${versions.length} versions, ${own.length} keys of ours`)
    }
    this.#lookAtLast(keys, nowMs)
    for (const name of this.#foreign.touched(keys, versions)) this.note('nothing unmarked is touched', name)
    const before = this.#revokedAt
    const alive = own.filter(
      key => before !== undefined && key.createdAt < before && this.#revisionOf(key) < this.#revokedBefore,
    )
    if (alive.length > 0) this.note('revoked is revoked', `${alive.length} older keys`)
  }

  /** After a tick that met no fault and no lag: what is served must work. */
  afterCleanTick(status: number): void {
    const { cloud, served, versions } = this.#deployment
    const newest = versions().find(({ status }) => status === 'enabled')
    if (newest !== undefined && !isOurs(newest)) return
    if (this.#standing !== undefined && newest !== undefined && newest.revision >= this.#standing.below) {
      if (this.#standing.isHidden) this.hiddenRollbacks += 1
      else this.note('a rollback stands', `${newest.revision} is served, and ${this.#standing.below} was taken back`)
      this.#standing = undefined
    }
    const current = served()
    if (status !== 200 || current === undefined || !cloud.authenticates(current.secretKey)) {
      this.note('the served key works', `a clean tick answered ${status}`)
    }
  }

  /**
   * After an operator's rollback that was answered 200: an older revision is served, at the latest after the next tick.
   * It stands as long as the key that was taken back lives, and may be dead from the start. While lists lag behind the
   * version itself, a rotation cannot know of either: that is counted by itself.
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

  /** Something came that may end a rollback: the operator, age, expiry, a person's edit. */
  rollbackMayEnd(): void {
    this.#standing = undefined
  }

  /** After a `revoke` that said done: no key of a revision below this one may work, ever again. */
  revoked(revision: number): void {
    this.#revokedBefore = Math.max(this.#revokedBefore, revision)
    const key = this.#published.get(revision)?.accessKey
    this.#revokedAt = this.#deployment.keys().find(({ accessKey }) => accessKey === key)?.createdAt ?? this.#revokedAt
    this.look()
  }

  /** A person took a key away, or brought a version back whose key is gone: whoever holds it is on their own. */
  excuse(accessKey: string): void {
    this.#byHand.add(accessKey)
    for (const published of this.#published.values()) {
      if (published.accessKey === accessKey) this.#excused.add(published.secretKey)
    }
  }

  /** A person edited: what is unmarked now is what must stay. */
  edited(): void {
    this.#foreign.leave(this.#deployment.keys(), this.#deployment.versions())
    this.#editedMs = this.#deployment.clock.now().getTime()
    this.rollbackMayEnd()
  }

  /** At the end of a life, after days of clean ticks: nothing is left over, and no secret was told. */
  atEnd(): void {
    const { clock, versions, keys, served, lines, answers, secrets } = this.#deployment
    this.look()
    const left = leftOver({
      keys: keys(),
      versions: versions(),
      servedAccessKey: served()?.accessKey,
      revisionOf: key => this.#revisionOf(key),
      nowMs: clock.now().getTime(),
    })
    for (const name of left) this.note('nothing outlives its bound', name)
    const told = [...lines, ...answers].join('\n')
    if (secrets().some(secret => told.includes(secret))) this.note('no secret gets out', 'in a log line or an answer')
  }

  /** A published key that works is deleted only while another one that works is published. */
  #lookAtLast(keys: readonly ApiKeyRecord[], nowMs: number): void {
    const isLive = ({ expiresAt }: ApiKeyRecord) => expiresAt === undefined || expiresAt.getTime() > nowMs
    const deleted = this.#working.filter(
      key =>
        isLive(key) && !this.#byHand.has(key.accessKey) && !keys.some(({ accessKey }) => accessKey === key.accessKey),
    )
    // Whose version a person deleted, nobody can be given any more.
    const versions = this.#deployment.versions().filter(({ status }) => status !== 'scheduled_for_deletion')
    const named = new Set(versions.map(({ revision }) => this.#published.get(revision)?.accessKey))
    this.#working = keys.filter(key => isLive(key) && named.has(key.accessKey))
    // What a person disabled a minute ago, a list may still show as enabled.
    if (deleted.length === 0 || nowMs - this.#editedMs < 60_000) return
    const enabled = versions.filter(({ status }) => status === 'enabled')
    const isAnyLeft = enabled.some(({ revision }) => {
      const accessKey = this.#published.get(revision)?.accessKey
      return this.#working.some(key => key.accessKey === accessKey)
    })
    if (!isAnyLeft) this.note('the last working key is kept', `${deleted.length} deleted, and none is left`)
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

  /** A flagged version is there: what is older may go at once, and its holders are refused and refresh. */
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
