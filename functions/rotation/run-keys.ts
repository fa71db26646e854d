import type { KeyConfig } from './config.ts'
import type { RunRequest } from './plan/situation.ts'
import type { RunResult } from './reconcile/result.ts'
import type { RunParts } from './reconcile/run-parts.ts'
import type { RotatedKey } from './rotated-key.ts'

/** One key's part of a run: how it ended, or what was thrown by a fault of our own. */
export type EndedKeyRun = { readonly key: KeyConfig } & (
  | { readonly result: RunResult; readonly fault?: undefined }
  | { readonly result?: undefined; readonly fault: unknown }
)

/** What names and bounds a run over keys. */
interface RunKeysParts extends Pick<RunParts, 'runId' | 'timeLeft'> {
  /** Gives what is called with the events of one key. */
  readonly reportOf: (key: KeyConfig) => RunParts['report']
}

/**
 * Runs over several keys as if each had a function of its own, all at once: one whose calls are slow, whose new key takes minutes to
 * work, or that waits for caches, holds up nobody, and the pace of calls (scaleway/paced.ts) bounds what all of them ask. What
 * befalls one key, a fault of ours included, changes nothing for the others. Gives the runs in the order of the keys.
 */
export async function runKeys(
  keys: readonly RotatedKey[],
  request: RunRequest,
  { reportOf, ...parts }: RunKeysParts,
): Promise<EndedKeyRun[]> {
  return Promise.all(
    keys.map(async ({ config: key, run }) => {
      try {
        return { key, result: await run(request, { ...parts, report: reportOf(key) }) }
      } catch (fault) {
        return { key, fault }
      }
    }),
  )
}
