import type { Answered } from '../../support/rotation.ts'
import type { Asked } from './asked.ts'
import type { Stage } from './stage.ts'

/** True for a request that docs/http.md does not allow this caller: everything but an operator's, and the CRON's two. */
export function isForbidden({ body, as }: Asked): boolean {
  if (as === 'operator') return false
  const { action = 'rotate', force = false } = body
  return as !== 'cron' || force !== false || (action !== 'rotate' && action !== 'tend')
}

/**
 * Executes what a caller asks for without the right to it: it must be answered 403, make no call to Scaleway and leave a
 * line in the log.
 */
export async function expectRefused(stage: Stage, act: () => Promise<Answered>): Promise<Answered> {
  const { cloud, lines, watch } = stage
  const before = { calls: cloud.log.entries.length, lines: lines.length }
  const answered = await act()
  const made = cloud.log.entries.length - before.calls
  if (answered.status !== 403) watch.note('whoever has no right is refused', `answered ${answered.status}`)
  if (made > 0) watch.note('whoever has no right is refused', `${made} calls to Scaleway were made`)
  if (lines.length === before.lines) watch.note('whoever has no right is refused', 'the log does not say so')
  return answered
}
