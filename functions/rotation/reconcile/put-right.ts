import { servedVersion, type Version, withServed } from '../plan/world.ts'
import type { Versions } from '../scaleway/versions.ts'

/**
 * Puts a list of versions right by what is served, which is requested by itself. Where the list has a newer one as enabled, either of
 * the two is behind (docs/scaleway.md#propagation), and that version itself says which.
 */
export async function putRight(
  listed: readonly Version[],
  versions: Pick<Versions, 'served' | 'get'>,
): Promise<readonly Version[]> {
  const served = await versions.served()
  const newest = servedVersion({ versions: listed })
  if (newest === undefined || newest.revision <= (served?.revision ?? 0)) return withServed(listed, served)
  const asked = await versions.get(newest.revision)
  return asked?.status === 'enabled' ? listed : withServed(listed, served)
}
