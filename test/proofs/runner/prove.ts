import { access, constants, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import { proofs } from '../all.ts'
import type { Proof } from '../harness/proof.ts'
import { Crew, type Task } from './crew.ts'
import { digestOfFunctions, Journal } from './journal.ts'
import { type ProveOptions, proveHelp, readProveOptions } from './options.ts'
import { failure, page, proofTable } from './page.ts'
import { duration, Progress } from './progress.ts'
import { Tallies } from './tally.ts'

const { stderr } = process
const crew = new Crew()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    crew.end()
    process.exit(130)
  })
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof CannotProceedError)) throw error
  console.error(error.message)
  return 2
})

async function main(): Promise<number> {
  const options = readProveOptions(
    process.argv.slice(2),
    proofs.map(({ name }) => name),
  )
  if (options.help) {
    console.log(proveHelp)
    return 0
  }
  const { extent, seed, journal: path } = options
  await expectFolder(options.output, '--output')
  await expectFolder(path, '--journal')
  const lived = proofs.filter(({ name }) => options.only?.includes(name) ?? true)
  const about = { extent, seed, node: process.versions.node, functions: digestOfFunctions() }
  const journal = path === undefined ? undefined : new Journal(path, about)
  const startedMs = performance.now()
  const tallies = await live(lived, options, journal)
  const durationMs = performance.now() - startedMs + (journal?.beforeMs ?? 0)
  console.log(proofTable(tallies.all))
  const bad = tallies.all.filter(tally => tally.bad > 0)
  if (options.output !== undefined) {
    await writeFile(options.output, page(tallies.all, { ...(await runFacts(options)), durationMs }))
  }
  const sum = tallies.all.length - bad.length
  console.log(`\n${sum} of ${tallies.all.length} proofs held, in ${duration(durationMs)}.`)
  return bad.length === 0 ? 0 : 1
}

/** An hour of lives must not end with a file that cannot be written. */
async function expectFolder(path: string | undefined, option: string): Promise<void> {
  if (path === undefined) return
  const isThere = await access(dirname(resolve(path)), constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!isThere)
    throw new CannotProceedError(`${option} must name a file in a folder that is there and can be written to.`)
}

/** Side by side what bears it, then what wants the machine for itself. */
async function live(
  lived: readonly Proof[],
  { extent, seed, workers }: ProveOptions,
  journal: Journal | undefined,
): Promise<Tallies> {
  const tallies = new Tallies(lived, extent)
  const startedMs = performance.now()
  const progress = new Progress({
    isTTY: stderr.isTTY,
    columns: stderr.columns,
    write: text => void stderr.write(text),
  })
  const liveAll = (some: readonly Proof[], atATime: number) =>
    crew.live(unknown(tasks(some, { extent, seed })), {
      workers: atATime,
      told: (task, told) => {
        if ('outcome' in told) journal?.keep(task, told.outcome, performance.now() - startedMs)
        const examples = tallies.add(task, told)
        for (const life of examples) progress.say(failure(task.proof, life))
        progress.show(tallies.all)
      },
    })
  const unknown = (all: readonly Task[]) =>
    all.filter(task => {
      const outcome = journal?.known(task)
      if (outcome !== undefined) tallies.add(task, { outcome })
      return outcome === undefined
    })
  await liveAll(
    lived.filter(({ isAlone }) => !isAlone),
    workers,
  )
  await liveAll(
    lived.filter(({ isAlone }) => isAlone),
    1,
  )
  progress.end()
  return tallies
}

/** All pieces of all proofs, mixed so that each proof gets on and all end at about the same time. */
function tasks(some: readonly Proof[], { extent, seed }: Pick<ProveOptions, 'extent' | 'seed'>): Task[] {
  return some
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

async function runFacts({ extent, seed, workers, note }: ProveOptions) {
  const { version, dependencies } = JSON.parse(
    await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return {
    command: `npm run prove${extent === 'full' ? ' -- --full' : ''}`,
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
