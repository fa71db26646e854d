import { proofs } from '../all.ts'
import type { Task, Told } from './crew.ts'

// Lives one piece after the other for the process that started it, and ends with that.

process.on('message', (task: Task) => {
  void live(task).then(told => process.send?.(told))
})

// Whoever started it is gone, or needs it no more.
process.on('disconnect', () => process.exit())

async function live({ proof: name, piece }: Task): Promise<Told> {
  const proof = proofs.find(other => other.name === name)
  if (proof === undefined) return { failure: `there is no proof ${name}` }
  // Errors are ordinary in lives, and their stacks cost a quarter of the time.
  Error.stackTraceLimit = proof.readsStacks ? 10 : 0
  try {
    return { outcome: await proof.live(piece) }
  } catch (error) {
    return {
      failure: error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error was thrown',
    }
  }
}
