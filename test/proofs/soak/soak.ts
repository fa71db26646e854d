import { setTimeout as sleep } from 'node:timers/promises'
import { chance } from '../harness/chance.ts'
import type { Outcome, Proof } from '../harness/proof.ts'
import { type Held, held } from '../live/gauge.ts'
import { growths } from '../live/growth.ts'
import { type LiveStack, withLiveStack } from '../live/live-stack.ts'
import { addFaults } from './soak-faults.ts'
import { SoakLife } from './soak-life.ts'

/** How long a soak is, and after how many rotations memory and descriptors are measured for the first time. */
interface SoakOptions {
  readonly seed: number
  readonly rotations: number
  readonly earlyAfter: number
  /** False for a short soak: a process grows at its beginning without a leak. */
  readonly judgesMemory: boolean
  /** How long both are idle before they are measured: timers that wait for a call's limit of 20 s have ended then. */
  readonly idleMs: number
  /** An additional module that both processes load first. */
  readonly preload?: URL
}

const names = ['rotation', 'retrieval'] as const

/**
 * Executes `rotations` over real HTTP and measures both processes early and at the end. It ends at the first violation
 * found.
 */
export function soak({ seed, rotations, earlyAfter, judgesMemory, idleMs, preload }: SoakOptions): Promise<Outcome> {
  return withLiveStack({ seed, ...(preload !== undefined && { preload }) }, async stack => {
    addFaults(stack.cloud)
    const life = new SoakLife(stack, chance(seed))
    let early: (Held | undefined)[] = []
    let units = 0
    for (; units < rotations && !life.isBad; units++) {
      if (units === earlyAfter) early = await measure(stack, idleMs)
      await life.rotation()
    }
    const late = await measure(stack, idleMs)
    life.watch.atEnd()
    const violations = [...life.watch.violations.map(inWords), ...life.complaints]
    const figures: Record<string, number> = { ...life.figures, judged: judgesMemory ? 1 : 0 }
    for (const [index, name] of names.entries()) {
      const [before, after] = [early[index], late[index]]
      if (before === undefined || after === undefined) continue
      violations.push(...growths({ name, early: before, late: after }, { judgesMemory }))
      Object.assign(figures, measurements(name, before, after))
    }
    const history = life.history.slice(-40)
    const bad = violations.length === 0 ? [] : [{ life: `seed ${seed}, rotation ${units}`, violations, history }]
    return { units, bad, figures }
  })
}

async function measure(stack: LiveStack, idleMs: number) {
  await sleep(idleMs)
  return Promise.all(names.map(name => held(stack[name])))
}

function measurements(name: string, early: Held, late: Held): Record<string, number> {
  return {
    [`${name} early bytes`]: early.memoryBytes,
    [`${name} late bytes`]: late.memoryBytes,
    [`${name} early resident`]: early.residentBytes,
    [`${name} late resident`]: late.residentBytes,
    [`most ${name} resident`]: late.mostResidentBytes,
    [`${name} early descriptors`]: early.descriptors,
    [`${name} late descriptors`]: late.descriptors,
  }
}

function inWords({ invariant, at, detail }: { invariant: string; at: Date; detail: string }): string {
  return `${at.toISOString()}: ${invariant} (${detail})`
}

const lengths = {
  share: { rotations: 40, earlyAfter: 10, judgesMemory: false, idleMs: 0 },
  full: { rotations: 1_000, earlyAfter: 100, judgesMemory: true, idleMs: 25_000 },
} as const

/** Runs both functions for years of simulated time, in the processes of `npm start`. */
export const soakProof: Proof = {
  name: 'soak',
  does: "npm start's own processes over real HTTP, 2 % of the calls to Scaleway meet a fault, hourly runs and retrievals between rotations",
  promises:
    'no consumer is refused, versions and keys stay within their bounds, memory in use within 20 % of that after the first hundred, no more open descriptors',
  unit: 'rotations',
  isAlone: true,
  pieces: () => 1,
  live: ({ extent, seed }) => soak({ seed, ...lengths[extent] }),
  remark: figures => [inAll(figures), ...names.map(name => heldIn(name, figures))].join('; '),
}

function inAll(figures: Readonly<Record<string, number>>): string {
  const { faults = 0 } = figures
  const answers = names.map(name => {
    const counts = Object.entries(figures).filter(([figure]) => /^\w+ \d{3}$/.test(figure) && figure.startsWith(name))
    return `${name} ${counts.map(([figure, count]) => `${figure.slice(-3)}: ${count}`).join(', ')}`
  })
  const most = `at most ${figures['most versions']} versions and ${figures['most keys']} keys`
  return `${faults} calls met a fault; ${most}; answers of ${answers.join(', of ')}`
}

function heldIn(name: string, figures: Readonly<Record<string, number>>): string {
  const early = figures[`${name} early bytes`]
  const late = figures[`${name} late bytes`]
  if (early === undefined || late === undefined)
    return `memory and descriptors of ${name} were not measured: the system has no /proc`
  const percent = (late / early - 1) * 100
  const descriptors = `${figures[`${name} early descriptors`]} → ${figures[`${name} late descriptors`]} descriptors`
  const judged = figures.judged === 1 ? '' : ', memory not judged: too short'
  const inUse = `${megabytes(early)} → ${megabytes(late)} MB in use (${percent < 0 ? '' : '+'}${percent.toFixed(1)} %)`
  const [before, after, most] = [`${name} early`, `${name} late`, `most ${name}`].map(which =>
    megabytes(figures[`${which} resident`] ?? Number.NaN),
  )
  return `${name} ${inUse}, ${before} → ${after} MB resident with garbage (at most ${most}), ${descriptors}${judged}`
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
