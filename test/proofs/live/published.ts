import type { Identities } from '../../../scripts/local/identities.ts'
import type { FakeScaleway } from '../../fake-scaleway/index.ts'

/** All versions that were ever published. Deleted ones are remembered if `look` was called before their deletion. */
export class Published {
  readonly #cloud: FakeScaleway
  readonly #secretId: string
  readonly #texts = new Map<string, string>()
  #newest = 0

  constructor({ cloud, ids }: { readonly cloud: FakeScaleway; readonly ids: Pick<Identities, 'secretId'> }) {
    this.#cloud = cloud
    this.#secretId = ids.secretId
  }

  /** Reads new versions. */
  look(): void {
    for (const { revision } of this.#cloud.secrets.versions(this.#secretId)) {
      if (revision <= this.#newest && this.#texts.has(String(revision))) continue
      this.#texts.set(String(revision), this.#cloud.secrets.payload(this.#secretId, revision))
      this.#newest = Math.max(this.#newest, revision)
    }
  }

  /** The highest revision; 0 before the first. */
  get newest(): number {
    this.look()
    return this.#newest
  }

  /** True for exactly what was published as this revision. */
  holds(revision: string, text: string): boolean {
    if (!this.#texts.has(revision)) this.look()
    return this.#texts.get(revision) === text
  }

  /** The secret key that is served, as Scaleway sees it. */
  get servedSecretKey(): string | undefined {
    const version = this.#cloud.secrets.versions(this.#secretId).find(({ status }) => status === 'enabled')
    return version && secretKeyOf(this.#cloud.secrets.payload(this.#secretId, version.revision))
  }

  /** Every secret key that was ever published. */
  get secretKeys(): string[] {
    return [...this.#texts.values()].map(secretKeyOf)
  }
}

/** The secret key in what retrieval answers. */
export function secretKeyOf(text: string): string {
  const { SECRET_KEY } = JSON.parse(text)
  return String(SECRET_KEY)
}

/** The revision in the tag of what retrieval answers, `"<secret id>.<revision>"`; undefined for any other text. */
export function revisionIn(etag: string | null | undefined): string | undefined {
  return /^"[0-9a-f-]{36}\.(\d+)"$/.exec(etag ?? '')?.[1]
}
