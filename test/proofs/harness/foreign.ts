import type { ApiKeyRecord, VersionRecord } from '../../fake-scaleway/index.ts'

const product = 'api-key-rotation v1'

/** True for a key or version with the product's marker. */
export function isOurs({ description }: { readonly description?: string | undefined }): boolean {
  return description?.startsWith(product) === true
}

/** The keys and versions without a marker, as people left them: nothing of ours may touch them. */
export class Foreign {
  #left = new Map<string, string>()

  /** A person edited: what is unmarked now is what must stay. */
  leave(keys: readonly ApiKeyRecord[], versions: readonly VersionRecord[]): void {
    this.#left = statesOf(keys, versions)
  }

  /** What is no longer as it was left. */
  touched(keys: readonly ApiKeyRecord[], versions: readonly VersionRecord[]): string[] {
    if (this.#left.size === 0) return []
    const now = statesOf(keys, versions)
    return [...this.#left].filter(([name, state]) => now.get(name) !== state).map(([name]) => name)
  }
}

function statesOf(keys: readonly ApiKeyRecord[], versions: readonly VersionRecord[]): Map<string, string> {
  const states = new Map<string, string>()
  for (const key of keys) if (!isOurs(key)) states.set(key.accessKey, key.description)
  for (const version of versions) {
    if (isOurs(version) || version.status === 'scheduled_for_deletion') continue
    states.set(`revision ${version.revision}`, version.status)
  }
  return states
}
