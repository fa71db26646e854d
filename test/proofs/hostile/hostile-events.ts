import { chance } from '../harness/chance.ts'
import type { BadLife, Extent, Proof } from '../harness/proof.ts'
import { hostileRetrieval } from './hostile-retrieval.ts'
import { hostileRotation, type Judged } from './hostile-rotation.ts'

/** Deployments per piece, and events to each of the two functions in each of them. */
const sizes = {
  share: { pieces: 4, worlds: 5, events: 25 },
  full: { pieces: 20, worlds: 20, events: 25 },
} as const satisfies Record<Extent, object>

/** Sends hostile events to both handlers. */
export const hostileEvents: Proof = {
  name: 'hostile-events',
  does: 'sends hostile events to both handlers: wrong types, traps, huge and deep bodies, forged headers; credentials that are missing, empty, doubled or contradict each other; wrong tokens of the CRON',
  promises:
    'always a bounded JSON answer with a documented status and code; no value of the event in answer or log; no change without a valid request; 403, no call to Scaleway and a line in the log for whoever is not recognised',
  unit: 'events',
  readsStacks: true,
  pieces: extent => sizes[extent].pieces,
  async live({ index, extent, seed }) {
    const { worlds, events } = sizes[extent]
    const judged: { world: number; number: number; handler: string; one: Judged }[] = []
    for (let world = seed + index * worlds; world < seed + (index + 1) * worlds; world++) {
      for (const [handler, hand] of [
        ['rotation', hostileRotation],
        ['retrieval', hostileRetrieval],
      ] as const) {
        const all = await hand(chance(world), events)
        judged.push(...all.map((one, number) => ({ world, number, handler, one })))
      }
    }
    const bad: BadLife[] = judged
      .filter(({ one }) => one.wrong.length > 0)
      .map(({ world, number, handler, one }) => ({
        life: `world ${world}, event ${number} at ${handler}`,
        violations: one.wrong,
        history: [one.label],
      }))
    const figures: Record<string, number> = {}
    for (const { one } of judged) figures[one.status] = (figures[one.status] ?? 0) + 1
    return { units: judged.length, bad, figures }
  },
  remark: figures =>
    Object.entries(figures)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', '),
}
