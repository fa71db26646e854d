import { readFile } from 'node:fs/promises'
import { runCommand } from '../../../scripts/cli/run-command.ts'
import { proofs } from '../all.ts'
import { digestOfFunctions, Journal } from './journal.ts'
import { type ProveOptions, proveHelp, readProveOptions } from './options.ts'
import { committedPages, expectWritable, writePages } from './pages.ts'
import { WorkerPool } from './pool.ts'
import { duration } from './progress.ts'
import { resultsTable } from './results-page.ts'
import { runProofs } from './run-proofs.ts'

const pool = new WorkerPool()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    pool.kill()
    process.exit(130)
  })
}

const names = proofs.map(({ name }) => name)
await runCommand({ help: proveHelp, readOptions: args => readProveOptions(args, names), run: prove })

async function prove(options: ProveOptions): Promise<number> {
  const { extent, seed, only, pages, journal: path } = options
  for (const file of [pages?.results, pages?.mutations, path]) if (file !== undefined) await expectWritable(file)
  const run = { extent, seed, node: process.versions.node, functions: digestOfFunctions() }
  const journal = path === undefined ? undefined : new Journal(path, run)
  const startedMs = performance.now()
  const chosen = proofs.filter(({ name }) => only?.includes(name) ?? true)
  const { all: tallies } = await runProofs(chosen, { pool, options, journal })
  const durationMs = performance.now() - startedMs + (journal?.beforeMs ?? 0)
  console.log(resultsTable(tallies))
  if (pages !== undefined) await writePages(pages, tallies, { ...(await runFacts(options)), durationMs })
  const held = tallies.filter(({ bad }) => bad === 0).length
  console.log(`\n${held} of ${tallies.length} proofs held, in ${duration(durationMs)}.`)
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
