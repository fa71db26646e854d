import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median, table } from './figures.ts'
import { type FirstAnswer, firstAnswer, type Setting } from './first-answer.ts'
import { makeThrottle } from './throttle.ts'
import { startUpstream } from './upstream.ts'
import { alternatives, asBuilt, asBuiltForMany, bare, bundleVariant, type Variant } from './variants.ts'

// Measures from the start of a process to its first answer over TLS, as a ratio to a bare node:https script that does
// the same call. See README.md in this folder.
//   --quick         the function, with one key and with many, and the bare script alone, a few times
//   --rounds <n>    how often each is started
//   --node <path>   the Node that is measured (default: the one that runs this)
//   --check         fail when the function misses its goal
const goal = 1.15

// On a busy machine the measurement ends at this limit: the medians are then of fewer rounds.
const mostMs = 200_000

// Medians of short runs on a busy machine differ by up to this.
const tolerance = 0.1

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    node: { type: 'string', default: process.execPath },
  },
})

interface Measured {
  readonly variant: Variant
  readonly path: string
  readonly sizeBytes: number
  readonly answers: FirstAnswer[]
}

const folder = await mkdtemp(join(tmpdir(), 'retrieval-bench-'))
const upstream = await startUpstream(folder)
const throttle = await makeThrottle()
const clean = async () => {
  upstream.close()
  await throttle?.remove()
  await rm(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void clean().then(() => process.exit(1)))

try {
  const setting = { node: options.node, upstream, throttle }
  const measured = await measureAll(setting)
  console.log(
    throttle
      ? 'Limited to 7 % of a core.'
      : 'This machine cannot limit a process to a share of a core: compare the processor times.',
  )
  console.log(report(measured, throttle ? 'wallMs' : 'cpuMs'))
  const counts = await countCalls(measured, setting)
  console.log(
    `Calls upstream: ${counts.miss} for the first answer, ${counts.hit} for the next within the cache's lifetime.`,
  )
  const ratios = ratiosOf(measured, throttle ? 'wallMs' : 'cpuMs')
  const now = ratios.map(ratio => ratio.toFixed(2)).join(' and ')
  console.log(`Goal: at most ${goal} times the bare script, with one key and with 40. Now: ${now}.`)
  if (options.check && (Math.max(...ratios) > goal + tolerance || counts.miss !== 1 || counts.hit !== 0))
    process.exitCode = 1
} finally {
  await clean()
}

/** Measures all in turn, many times: other load of the machine then affects all alike. The first round warms up. */
async function measureAll(setting: Setting): Promise<Measured[]> {
  const goals = [bare, asBuilt, asBuiltForMany]
  const variants = options.quick ? goals : [...goals, ...alternatives]
  const rounds = Number(options.rounds ?? (options.quick ? 7 : 16))
  const begun = performance.now()
  const measured = await Promise.all(variants.map(prepare))
  for (let round = 0; round <= rounds && performance.now() - begun < mostMs; round++) {
    for (const { variant, path, answers } of measured) {
      const answer = await firstAnswer(path, { setting, keyCount: variant.keyCount ?? 1 })
      if (round > 0) answers.push(answer)
    }
  }
  return measured
}

async function prepare(variant: Variant): Promise<Measured> {
  return { variant, ...(await bundleVariant(variant, folder)), answers: [] }
}

function report(measured: readonly Measured[], by: keyof FirstAnswer): string {
  const middle = (answers: readonly FirstAnswer[], figure: keyof FirstAnswer) => median(answers.map(a => a[figure]))
  const base = middle(measured[0]?.answers ?? [], by)
  const rows = measured.map(({ variant, sizeBytes, answers }) => [
    variant.name,
    (middle(answers, by) / base).toFixed(2),
    middle(answers, 'wallMs').toFixed(0),
    middle(answers, 'cpuMs').toFixed(1),
    (sizeBytes / 1000).toFixed(1),
  ])
  return table([['', 'ratio', 'wall ms', 'cpu ms', 'bundle kB'], ...rows])
}

/** Those of the function as it is built: with one key, with many. */
function ratiosOf([base, ...others]: readonly Measured[], by: keyof FirstAnswer): number[] {
  const middle = (measured: Measured | undefined) => median((measured?.answers ?? []).map(a => a[by]))
  const built = others.filter(({ variant }) => [asBuilt, asBuiltForMany].includes(variant))
  return built.map(measured => middle(measured) / middle(base))
}

/** Calls upstream for a process with one request, and those that a second request within the cache's lifetime adds. */
async function countCalls([, built]: readonly Measured[], setting: Setting): Promise<{ miss: number; hit: number }> {
  const callsDuring = async (times: number) => {
    const before = upstream.calls()
    await firstAnswer(built?.path ?? '', { setting, keyCount: 1, times })
    return upstream.calls() - before
  }
  const miss = await callsDuring(1)
  return { miss, hit: (await callsDuring(2)) - miss }
}
