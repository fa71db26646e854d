import type { Proof } from '../harness/proof.ts'
import type { Journal } from './journal.ts'
import type { ProveOptions } from './options.ts'
import type { Task, WorkerPool } from './pool.ts'
import { Progress } from './progress.ts'
import { failure } from './results-page.ts'
import { Tallies } from './tally.ts'

/** What proofs are run with. */
interface ProofRun {
  readonly pool: WorkerPool
  readonly options: Pick<ProveOptions, 'extent' | 'seed' | 'workers'>
  readonly journal: Journal | undefined
}

/** Runs proofs: first side by side those that allow it, then one after the other those that need the machine alone. */
export async function runProofs(proofs: readonly Proof[], { pool, options, journal }: ProofRun): Promise<Tallies> {
  const { stderr } = process
  const tallies = new Tallies(proofs, options.extent)
  const startedMs = performance.now()
  const progress = new Progress({
    isTTY: stderr.isTTY,
    columns: stderr.columns,
    write: text => void stderr.write(text),
  })
  const isOpen = (task: Task) => {
    const outcome = journal?.known(task)
    if (outcome !== undefined) tallies.add(task, { outcome })
    return outcome === undefined
  }
  const runAll = (some: readonly Proof[], workers: number) =>
    pool.run(tasks(some, options).filter(isOpen), {
      workers,
      onResult: (task, result) => {
        if ('outcome' in result) journal?.keep(task, result.outcome, performance.now() - startedMs)
        for (const example of tallies.add(task, result)) progress.print(failure(task.proof, example))
        progress.show(tallies.all)
      },
    })
  await runAll(
    proofs.filter(({ isAlone }) => !isAlone),
    options.workers,
  )
  await runAll(
    proofs.filter(({ isAlone }) => isAlone),
    1,
  )
  progress.clear()
  return tallies
}

/** All pieces of all proofs, mixed so that all proofs progress evenly and end at about the same time. */
function tasks(proofs: readonly Proof[], { extent, seed }: Pick<ProveOptions, 'extent' | 'seed'>): Task[] {
  return proofs
    .flatMap(proof => {
      const pieces = proof.pieces(extent)
      return Array.from({ length: pieces }, (_, index) => ({
        at: (index + 0.5) / pieces,
        task: { proof: proof.name, piece: { index, extent, seed } },
      }))
    })
    .sort((a, b) => a.at - b.at)
    .map(({ task }) => task)
}
