import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import type { ScenarioName } from '../scenarios.ts'

const line = v.object({
  seed: v.number(),
  violations: v.array(v.object({ invariant: v.string(), detail: v.string() })),
  history: v.array(v.string()),
})

/** A life as the process that lived it tells it. */
export type Lived = v.InferOutput<typeof line>

/** Which lives. */
interface Series {
  readonly scenario: ScenarioName
  readonly firstSeed: number
  readonly count: number
  /** Ends with the first bad life. */
  readonly untilBad: boolean
}

/** The longest that one life may take on a machine that is busy; a mutation may make a life endless. */
const longestLifeMs = 120_000

/**
 * Lives a series in a process of its own, which ends with it. A life that does not end is a bad one.
 * @throws {Error} when the process cannot live any
 */
export async function live(bundle: string, { scenario, firstSeed, count, untilBad }: Series): Promise<Lived[]> {
  const asked = [scenario, String(firstSeed), String(count), untilBad ? 'first' : 'all']
  const child = spawn(process.execPath, [bundle, ...asked], { stdio: ['ignore', 'pipe', 'pipe'] })
  const told: string[] = []
  child.stderr.on('data', piece => told.push(String(piece)))
  let isEndless = false
  const timer = setTimeout(() => {
    isEndless = true
    child.kill('SIGKILL')
  }, longestLifeMs)
  const lives: Lived[] = []
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
    for await (const text of createInterface(child.stdout)) {
      timer.refresh()
      lives.push(v.parse(line, JSON.parse(text)))
    }
    const code = await ended
    if (isEndless) lives.push(endless(firstSeed + lives.length))
    else if (code !== 0) throw new Error(`${scenario}: the process ended with ${code}: ${told.join('').slice(0, 500)}`)
    return lives
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

function endless(seed: number): Lived {
  return { seed, violations: [{ invariant: 'the life ends', detail: 'it did not' }], history: [] }
}
