import { type Asked, ask } from './harness/ask.ts'
import { chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { createStage, type Stage } from './harness/stage.ts'

const rotations = 100
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const overlapMs = 120 * hourMs
/** How old what retrieval answers may be: its cache, and its answers while Scaleway is away. */
const retrievalMs = 6 * minuteMs

const monthly: Asked = { body: { action: 'rotate', source: 'cron' }, as: 'cron' }
const tick: Asked = { body: { action: 'tend' }, as: 'cron' }

/** An application that fetches the key, keeps it for so long, and uses it all the time. */
interface Consumer {
  readonly keepsMs: number
  secretKey: string | undefined
  fetchedMs: number
}

/** How long the consumers keep what they have fetched: as long as the overlap allows, and less. */
const keepingMs = [overlapMs, overlapMs, overlapMs - minuteMs, 100 * hourMs, 24 * hourMs, hourMs]

/**
 * A hundred rotations, as often as they may be and as seldom as once a month, with ticks between. Consumers that fetch
 * anew only when the overlap is over, each at its own hour, use their key at every step.
 */
const cachingLife: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const consumers = keepingMs.map((keepsMs): Consumer => ({ keepsMs, secretKey: undefined, fetchedMs: 0 }))
  const shelf = new Shelf()
  const instance = stage.start()
  for (let nth = 0; nth < rotations; nth++) {
    await ask(stage, instance, monthly)
    const untilMs = stage.clock.now().getTime() + (luck.happens(0.5) ? 24 : luck.between(24, 720)) * hourMs
    while (stage.clock.now().getTime() < untilMs) {
      const tickMs = stage.clock.now().getTime() + luck.between(1, 26) * hourMs
      live(stage, consumers, { shelf, tickMs })
      if (!without.has(nth)) await ask(stage, instance, tick)
    }
  }
  uses.set(stage, shelf.uses)
  await stage.settle()
  return stage
}

/** What retrieval may still answer with, from each moment on. */
class Shelf {
  uses = 0
  #before: string | undefined
  #now: string | undefined
  #changedMs = 0

  /** Takes what is served at a moment. */
  see(secretKey: string | undefined, nowMs: number): void {
    if (secretKey === this.#now) return
    this.#before = this.#now
    this.#now = secretKey
    this.#changedMs = nowMs
  }

  /** The oldest that retrieval may give now. */
  oldest(nowMs: number): string | undefined {
    return nowMs - this.#changedMs < retrievalMs ? (this.#before ?? this.#now) : this.#now
  }
}

const uses = new WeakMap<Stage, number>()

/** The consumers' hours until the next tick: whoever has to fetch does, in the order of time, and all use what they have. */
function live(stage: Stage, consumers: readonly Consumer[], { shelf, tickMs }: { shelf: Shelf; tickMs: number }): void {
  const { clock, cloud, watch } = stage
  for (;;) {
    const nowMs = clock.now().getTime()
    shelf.see(stage.served()?.secretKey, nowMs)
    for (const consumer of consumers) {
      if (nowMs - consumer.fetchedMs >= consumer.keepsMs) {
        consumer.secretKey = shelf.oldest(nowMs)
        consumer.fetchedMs = nowMs
      }
      shelf.uses += 1
      if (consumer.secretKey !== undefined && !cloud.authenticates(consumer.secretKey)) {
        watch.note('no consumer is refused', `one that keeps the key for ${consumer.keepsMs / hourMs} h`)
      }
    }
    const nextMs = Math.min(tickMs, ...consumers.map(({ fetchedMs, keepsMs }) => fetchedMs + keepsMs))
    if (nextMs >= tickMs) break
    // Just before it fetches anew is when a consumer's key is oldest.
    clock.advance({ milliseconds: Math.max(1, nextMs - nowMs - 1) })
    watch.look()
  }
  clock.advance({ milliseconds: Math.max(0, tickMs - clock.now().getTime()) })
  watch.look()
}

/** Consumers that cache as long as they may. */
export const cachingConsumers = provedByLives({
  name: 'caching-consumers',
  does: `${keepingMs.length} consumers that keep the key as long as the overlap allows, through ${rotations} rotations a life`,
  promises: 'no use of a key is refused',
  life: cachingLife,
  lives: { share: 1, full: 10 },
  livesPerPiece: 1,
  parts: rotations,
  figures: stage => ({
    rotations: stage.versions()[0]?.revision ?? 0,
    uses: uses.get(stage) ?? 0,
    calls: stage.cloud.log.entries.length,
  }),
  remark: ({ rotations: made = 0, uses: used = 0 }) => `${made} rotations, a key was used ${used} times`,
})
