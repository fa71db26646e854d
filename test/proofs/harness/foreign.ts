import type { ApiKeyRecord, VersionRecord } from '../../fake-scaleway/index.ts'

const product = 'api-key-rotation v1'

/** True for a key or version with the product's marker. */
export function isOurs({ description }: { readonly description?: string | undefined }): boolean {
  return description?.startsWith(product) === true
}

/**
 * The unmanaged keys and versions, those without a marker, as a person left them: the function must not change them.
 */
export class Foreign {
  #states = new Map<string, string>()

  /** Call this after a person edited: what is unmanaged now must stay as it is. */
  leave(keys: readonly ApiKeyRecord[], versions: readonly VersionRecord[]): void {
    this.#states = statesOf(keys, versions)
  }

  /** Names what is no longer as the person left it. */
  touched(keys: readonly ApiKeyRecord[], versions: readonly VersionRecord[]): string[] {
    if (this.#states.size === 0) return []
    const now = statesOf(keys, versions)
    return [...this.#states].filter(([name, state]) => now.get(name) !== state).map(([name]) => name)
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
