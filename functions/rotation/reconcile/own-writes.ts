import type { Key, Version } from '../plan/world.ts'

/**
 * What one run wrote and read, laid over lists that lag behind it. Only answers that arrived count: a write
 * whose answer was lost is not remembered, the lists decide about it.
 */
export class OwnWrites {
  readonly #created = new Map<string, Key>()
  readonly #published = new Map<number, Version>()
  readonly #removedKeys = new Set<string>()
  readonly #saidGone = new Set<string>()
  readonly #removedVersions = new Set<number>()
  readonly #disabled = new Set<number>()

  /** Remembers a key that this run made. */
  created(key: Key): void {
    this.#created.set(key.accessKey, key)
  }

  /** Remembers a version that this run published. */
  published(version: Version): void {
    this.#published.set(version.revision, version)
  }

  /** Remembers a key that this run deleted. */
  removedKey(accessKey: string): void {
    this.#removedKeys.add(accessKey)
  }

  /** Remembers a key whose deletion was answered 404: gone already, if the lists agree once they have followed. */
  saidGone(accessKey: string): void {
    this.#saidGone.add(accessKey)
  }

  /** True for a key whose deletion was answered 404 since the lists were last waited for. */
  isSaidGone(accessKey: string): boolean {
    return this.#saidGone.has(accessKey)
  }

  /** Lists have had the time to follow: a 404 that was not true shows now. */
  hasWaitedForLists(): void {
    this.#saidGone.clear()
  }

  /** Remembers a version whose deletion this run scheduled. */
  removedVersion(revision: number): void {
    this.#removedVersions.add(revision)
  }

  /** Remembers a version that this run disabled. */
  disabled(revision: number): void {
    this.#disabled.add(revision)
  }

  /** The revisions that this run disabled. */
  get disabledRevisions(): ReadonlySet<number> {
    return this.#disabled
  }

  /** True for a key that this run deleted: its absence needs no further proof. */
  hasRemovedKey(accessKey: string): boolean {
    return this.#removedKeys.has(accessKey)
  }

  /** Gives the listed versions with this run's own writes applied, newest first. */
  overVersions(listed: readonly Version[]): Version[] {
    const missing = [...this.#published.values()].filter(
      own => !listed.some(({ revision }) => revision === own.revision),
    )
    return [...listed, ...missing]
      .map(version => ({ ...version, status: this.#statusOf(version) }))
      .sort((a, b) => b.revision - a.revision)
  }

  /** Gives the listed keys with this run's own writes applied. */
  overKeys(listed: readonly Key[]): Key[] {
    const missing = [...this.#created.values()].filter(
      own => !listed.some(({ accessKey }) => accessKey === own.accessKey),
    )
    return [...listed, ...missing].filter(({ accessKey }) => !this.#removedKeys.has(accessKey))
  }

  #statusOf({ revision, status }: Version): Version['status'] {
    if (this.#removedVersions.has(revision)) return 'scheduled_for_deletion'
    return status === 'enabled' && this.#disabled.has(revision) ? 'disabled' : status
  }
}
