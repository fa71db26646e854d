import type { RefusedRun } from './refusals.ts'
import { restorableMs } from './timing.ts'
import type { World } from './world.ts'

/**
 * The refusal of everything while the secret waits for its deletion; undefined for one that is there. Whether a key is
 * needed, and which, depends on whether a person restores it.
 */
export function deletedSecret({ secretDeletedAt }: Pick<World, 'secretDeletedAt'>): RefusedRun | undefined {
  if (secretDeletedAt === undefined) return undefined
  return { code: 'secret-deleted', restorableUntil: new Date(secretDeletedAt.getTime() + restorableMs) }
}

/** What a deleted secret means, and what to do about it. */
export function secretDeletedMessage({ restorableUntil }: RefusedRun): string {
  return `A person deleted the secret: applications get no new key, and none is made or deleted. Restore it before ${restorableUntil.toISOString()}, in the console or as "The secret is deleted" in the runbook says; all goes on as before. After that it is lost.`
}
