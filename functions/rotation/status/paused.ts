import { keyOf, servedVersion, type World } from '../plan/world.ts'
import type { Problem } from './problem.ts'

/** What follows where no CRON is there: a note, because somebody chose it. Pure. */
export function pausedNote(world: World): Problem {
  const message = `No run comes by itself: nothing rotates, and no old key is deleted.${endOfServed(world)} To resume, set rotation_enabled = true and apply; POST {"action":"rotate"} rotates now.`
  return { code: 'paused', alarming: false, message }
}

function endOfServed(world: World): string {
  const served = servedVersion(world)
  const key = served && keyOf(world, served)
  if (key === undefined) return ''
  return key.expiresAt === null
    ? ' The served key never expires.'
    : ` The served key ends at ${key.expiresAt.toISOString()}.`
}
