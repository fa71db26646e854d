import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { ScenarioName } from '../scenarios.ts'

const line = v.object({
  seed: v.number(),
  violations: v.array(v.object({ invariant: v.string(), detail: v.string() })),
  history: v.array(v.string()),
})

/** The result of a simulated run, as its process writes it. */
export type Lived = v.InferOutput<typeof line>

/** Which simulated runs to execute. */
interface Series {
  readonly scenario: ScenarioName
  readonly firstSeed: number
  readonly count: number
  /** True to end with the first bad one. */
  readonly untilBad: boolean
}

/** The longest that one simulated run may take on a busy machine; a mutation may make one endless. */
const maxLifeMs = 120_000

/**
 * Executes a series in a process of its own, which ends with it. A simulated run that does not end is a bad one.
 * @throws {Error} when the process cannot execute them
 */
export async function live(bundle: string, { scenario, firstSeed, count, untilBad }: Series): Promise<Lived[]> {
  const args = [scenario, String(firstSeed), String(count), untilBad ? 'first' : 'all']
  const child = spawn(process.execPath, [bundle, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', piece => errors.push(String(piece)))
  let isEndless = false
  const timer = setTimeout(() => {
    isEndless = true
    child.kill('SIGKILL')
  }, maxLifeMs)
  const lives: Lived[] = []
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    for await (const text of createInterface(child.stdout)) {
      timer.refresh()
      lives.push(v.parse(line, JSON.parse(text)))
    }
    const code = await ended
    if (isEndless) lives.push(endless(firstSeed + lives.length))
    else if (code !== 0)
      throw new Error(`${scenario}: the process ended with ${code}: ${errors.join('').slice(0, 500)}`)
    return lives
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

function endless(seed: number): Lived {
  return { seed, violations: [{ invariant: 'the simulated run ends', detail: 'it did not' }], history: [] }
}
