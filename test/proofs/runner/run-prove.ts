import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { proofs } from '../all.ts'
import { digestOfFunctions, Journal } from './journal.ts'
import type { ProveOptions } from './options.ts'
import { committedPages, expectWritable, inFolder, writePages } from './pages.ts'
import type { WorkerPool } from './pool.ts'
import { duration } from './progress.ts'
import { resultsTable } from './results-page.ts'
import { runProofs } from './run-proofs.ts'

/** What the command works with: its workers, the folder that its files are named from, and where lines go. */
interface ProveParts {
  readonly pool: WorkerPool
  readonly folder: string
  readonly print: (text: string) => void
}

/**
 * Runs the chosen proofs, prints their table, and writes the pages if the options name any. Gives the exit code: 0 when
 * every proof held, else 1.
 * @throws {CannotProceedError} before any proof runs, when a file could not be written
 */
export async function prove(options: ProveOptions, { pool, folder, print }: ProveParts): Promise<number> {
  const { extent, seed, only, pages, journal: path } = options
  for (const file of [pages?.results, pages?.mutations, path])
    if (file !== undefined) await expectWritable(file, folder)
  const run = { extent, seed, node: process.versions.node, functions: digestOfFunctions() }
  const journal = path === undefined ? undefined : new Journal(resolve(folder, path), run)
  const startedMs = performance.now()
  const chosen = proofs.filter(({ name }) => only?.includes(name) ?? true)
  const { all: tallies } = await runProofs(chosen, { pool, options, journal })
  const durationMs = performance.now() - startedMs + (journal?.beforeMs ?? 0)
  print(resultsTable(tallies))
  if (pages !== undefined)
    await writePages(inFolder(pages, folder), tallies, { ...(await runFacts(options)), durationMs })
  const held = tallies.filter(({ bad }) => bad === 0).length
  print(`\n${held} of ${tallies.length} proofs held, in ${duration(durationMs)}.`)
  return held === tallies.length ? 0 : 1
}

async function runFacts({ extent, seed, workers, note, only, pages }: ProveOptions) {
  const { version, dependencies } = JSON.parse(
    await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  const args = [
    ...(extent === 'full' ? ['--full'] : pages === committedPages ? ['--write'] : []),
    ...(only === undefined ? [] : ['--only', only.join(',')]),
  ]
  return {
    command: ['npm run prove', ...(args.length === 0 ? [] : ['--']), ...args].join(' '),
    extent,
    seed,
    workers,
    note,
    date: new Date(),
    versions: {
      version,
      Node: process.versions.node,
      '@scaleway/sdk': dependencies['@scaleway/sdk'],
      undici: dependencies.undici,
    },
  }
}
