import { proofs } from '../all.ts'
import type { Task, TaskResult } from './pool.ts'

// Runs one piece after the other for its parent process, and ends with it.

process.on('message', (task: Task) => {
  void run(task).then(result => process.send?.(result))
})

// The parent has ended, or has no more tasks.
process.on('disconnect', () => process.exit())

async function run({ proof: name, piece }: Task): Promise<TaskResult> {
  const proof = proofs.find(other => other.name === name)
  if (proof === undefined) return { failure: `there is no proof ${name}` }
  // Errors are frequent in simulated runs, and their stacks cost a quarter of the time.
  Error.stackTraceLimit = proof.readsStacks ? 10 : 0
  try {
    return { outcome: await proof.live(piece) }
  } catch (error) {
    return {
      failure: error instanceof Error ? `${error.name}: ${error.message}` : 'a value that is no Error was thrown',
    }
  }
}
