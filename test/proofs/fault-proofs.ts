import {
  type CallFault,
  callFaultNames,
  callsOf,
  faultedLife,
  type Hit,
  type JourneyName,
  journeyNames,
} from './call-faults.ts'
import { Adding, badLife, liveOnce } from './harness/lives.ts'
import type { Extent, Piece, Proof } from './harness/proof.ts'

/** No journey makes more calls than this. Pieces are counted before any is executed. */
const maxCalls = 30

/** The first fault: one piece in both proofs. */
interface First {
  readonly journey: JourneyName
  readonly hit: Hit
}

function firstOf(index: number): First {
  const journey = at(journeyNames, index % journeyNames.length)
  const rest = Math.floor(index / journeyNames.length)
  const fault: CallFault = at(callFaultNames, rest % callFaultNames.length)
  return { journey, hit: { nth: 1 + Math.floor(rest / callFaultNames.length), fault } }
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new RangeError(`There is no item ${index}.`)
  return item
}

const pieces = () => journeyNames.length * callFaultNames.length * maxCalls

const known = new Map<JourneyName, number>()

async function callsIn(journey: JourneyName): Promise<number> {
  const calls = known.get(journey) ?? (await callsOf(journey))
  if (calls > maxCalls) throw new Error(`${journey} makes ${calls} calls: maxCalls is out of date.`)
  known.set(journey, calls)
  return calls
}

class Faulted extends Adding {
  units = 0

  /** Executes one simulated run, and gives how many calls the journey and the hourly run after it made. */
  async live(journey: JourneyName, hits: readonly Hit[]): Promise<number> {
    let made = 0
    const lived = await liveOnce(async () => {
      const { stage, calls } = await faultedLife(journey, hits)
      made = calls
      return stage
    })
    this.units += 1
    this.add({ calls: lived.stage?.cloud.log.entries.length ?? 0 })
    if (lived.violations.length > 0) this.bad.push(badLife(`${journey}: ${hits.map(inWords).join(', ')}`, lived))
    return made
  }
}

function inWords({ nth, fault }: Hit): string {
  return `call ${nth} ${fault}`
}

const promises = 'every invariant holds, also through the next hourly run and the days after it'

/** Every call of every journey × every fault. */
export const singleFaults: Proof = {
  name: 'single-faults',
  does: `each call of ${journeyNames.length} journeys (rotate, tend, rollback, revoke) × each of ${callFaultNames.length} faults`,
  promises,
  unit: 'simulations',
  pieces,
  live: async ({ index }) => {
    const { journey, hit } = firstOf(index)
    const faulted = new Faulted()
    if (hit.nth <= (await callsIn(journey))) await faulted.live(journey, [hit])
    return faulted
  },
}

// A prime, so that a share leaves out no journey, call or fault.
const onePairIn = 149

/** The same in pairs: the second fault hits a later call of the same run, or one of the hourly run after it. */
export const pairsOfFaults: Proof = {
  name: 'pairs-of-faults',
  does: 'the same in pairs; the second fault at every later call, including those of the next hourly run',
  promises,
  unit: 'simulations',
  pieces,
  live: async ({ index, extent, seed }: Piece) => {
    const { journey, hit } = firstOf(index)
    const faulted = new Faulted()
    if (hit.nth > (await callsIn(journey))) return faulted
    const { calls } = await faultedLife(journey, [hit])
    let pair = seed + index
    for (let nth = hit.nth + 1; nth <= calls; nth++) {
      for (const fault of callFaultNames) {
        pair += 1
        if (isLived(extent, pair)) await faulted.live(journey, [hit, { nth, fault }])
      }
    }
    return faulted
  },
}

function isLived(extent: Extent, pair: number): boolean {
  return extent === 'full' || pair % onePairIn === 0
}
