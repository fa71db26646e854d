import { callsOf, type JourneyName, journeyNames } from '../call-faults.ts'
import type { Extent, Proof } from '../harness/proof.ts'
import { malformedRetrieval } from './malformed-retrieval.ts'
import { type MalformedLife, malformedRotation } from './malformed-rotation.ts'
import { malformedWire } from './malformed-wire.ts'

/** How many pieces, and answers of each kind in a piece. */
const sizes = {
  share: { pieces: 4, parsed: 40, wire: 10, retrieval: 25 },
  full: { pieces: 25, parsed: 115, wire: 20, retrieval: 65 },
} as const satisfies Record<Extent, object>

/** How many simulated runs on the wire go on at once: they wait more than they work. */
const atOnce = 10

/** Malforms answers of Scaleway at random. */
export const malformedAnswers: Proof = {
  name: 'malformed-answers',
  does: 'malforms one answer of Scaleway, or several in a row, to a call of a journey or of retrieval: fields, types, numbers, dates, statuses, headers, and the bytes on the wire; the work behind it is done',
  promises:
    'a clear 502, 503 or 504 within the bounds (or the right result, where the answer could still be read, was not needed or was sent again); no text of it in answer or log; every invariant holds through days of clean hourly runs',
  unit: 'answers',
  readsStacks: true,
  pieces: extent => sizes[extent].pieces,
  async live({ index, extent, seed }) {
    const { parsed, wire, retrieval } = sizes[extent]
    const from = seed + index * (parsed + wire)
    const lives = [
      ...(await lived(numbers(from, parsed), 1, malformedRotation)),
      ...(await lived(numbers(from + parsed, wire), atOnce, malformedWire)),
      ...(await malformedRetrieval(retrieval, from)),
    ]
    const bad = lives
      .filter(({ wrong }) => wrong.length > 0)
      .map(({ life, wrong, history }) => ({ life, violations: wrong, history }))
    const figures: Record<string, number> = { 'on the wire': wire, 'to retrieval': retrieval }
    for (const { status } of lives) figures[status] = (figures[status] ?? 0) + 1
    return { units: lives.length, bad, figures }
  },
  remark: ({ 'on the wire': wire, 'to retrieval': retrieval, ...statuses }) => {
    const answered = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`)
    return `answered ${answered.join(', ')}; ${wire} over real connections, ${retrieval} to retrieval`
  },
}

/** How many calls each journey makes, counted once. */
const counted = new Map<JourneyName, Promise<number>>()

function callsOnce(name: JourneyName): Promise<number> {
  const known = counted.get(name) ?? callsOf(name)
  counted.set(name, known)
  return known
}

type Live = (name: JourneyName, calls: number, seed: number) => Promise<MalformedLife>

async function lived(seeds: readonly number[], most: number, live: Live): Promise<MalformedLife[]> {
  const done: MalformedLife[] = []
  for (let at = 0; at < seeds.length; at += most) {
    const some = seeds.slice(at, at + most).map(async seed => {
      const name = journeyNames[seed % journeyNames.length] ?? 'first rotation'
      return live(name, await callsOnce(name), seed)
    })
    done.push(...(await Promise.all(some)))
  }
  return done
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index)
}
