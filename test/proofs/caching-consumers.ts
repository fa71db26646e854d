import { ask } from './harness/ask.ts'
import type { Asked } from './harness/asked.ts'
import { chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { createStage, type Stage } from './harness/stage.ts'

const rotations = 100
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const overlapMs = 120 * hourMs
/** How long retrieval may answer with an old key: its cache, and its answers while Scaleway is unreachable. */
const retrievalMs = 6 * minuteMs

const monthly: Asked = { body: { action: 'rotate', source: 'cron' }, as: 'cron' }
const hourlyRun: Asked = { body: { action: 'tend' }, as: 'cron' }

/** An application that fetches the key, keeps it for `keepsMs`, and uses it all the time. */
interface Consumer {
  readonly keepsMs: number
  secretKey: string | undefined
  fetchedMs: number
}

/** How long each consumer keeps a fetched key: as long as the overlap allows, and less. */
const keepingMs = [overlapMs, overlapMs, overlapMs - minuteMs, 100 * hourMs, 24 * hourMs, hourMs]

/**
 * A hundred rotations, between as often as allowed and once a month, with hourly runs in between. The consumers, some
 * of which fetch again only after a whole overlap, each at its own hour, use their key at every step.
 */
const cachingLife: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const consumers = keepingMs.map((keepsMs): Consumer => ({ keepsMs, secretKey: undefined, fetchedMs: 0 }))
  const retrieval = new RetrievalCache()
  const instance = stage.start()
  for (let nth = 0; nth < rotations; nth++) {
    await ask(stage, instance, monthly)
    const untilMs = stage.clock.now().getTime() + (luck.happens(0.5) ? 24 : luck.between(24, 720)) * hourMs
    while (stage.clock.now().getTime() < untilMs) {
      const nextRunMs = stage.clock.now().getTime() + luck.between(1, 26) * hourMs
      live(stage, consumers, { retrieval, untilMs: nextRunMs })
      if (!without.has(nth)) await ask(stage, instance, hourlyRun)
    }
  }
  uses.set(stage, retrieval.uses)
  await stage.settle()
  return stage
}

/** The keys that retrieval may answer with at a moment, and how often a consumer used one. */
class RetrievalCache {
  uses = 0
  #before: string | undefined
  #now: string | undefined
  #changedMs = 0

  /** Takes the key that is served at a moment. */
  see(secretKey: string | undefined, nowMs: number): void {
    if (secretKey === this.#now) return
    this.#before = this.#now
    this.#now = secretKey
    this.#changedMs = nowMs
  }

  /** The oldest key that retrieval may give now. */
  oldest(nowMs: number): string | undefined {
    return nowMs - this.#changedMs < retrievalMs ? (this.#before ?? this.#now) : this.#now
  }
}

const uses = new WeakMap<Stage, number>()

/**
 * The time until the next hourly run: consumers fetch when they have to, in order of time, and all use the key they
 * hold.
 */
function live(
  stage: Stage,
  consumers: readonly Consumer[],
  { retrieval, untilMs }: { retrieval: RetrievalCache; untilMs: number },
): void {
  const { clock, cloud, watch } = stage
  for (;;) {
    const nowMs = clock.now().getTime()
    retrieval.see(stage.served()?.secretKey, nowMs)
    for (const consumer of consumers) {
      if (nowMs - consumer.fetchedMs >= consumer.keepsMs) {
        consumer.secretKey = retrieval.oldest(nowMs)
        consumer.fetchedMs = nowMs
      }
      retrieval.uses += 1
      if (consumer.secretKey !== undefined && !cloud.authenticates(consumer.secretKey)) {
        watch.note('no consumer is refused', `one that keeps the key for ${consumer.keepsMs / hourMs} h`)
      }
    }
    const nextMs = Math.min(untilMs, ...consumers.map(({ fetchedMs, keepsMs }) => fetchedMs + keepsMs))
    if (nextMs >= untilMs) break
    // A consumer's key is oldest just before it fetches again.
    clock.advance({ milliseconds: Math.max(1, nextMs - nowMs - 1) })
    watch.look()
  }
  clock.advance({ milliseconds: Math.max(0, untilMs - clock.now().getTime()) })
  watch.look()
}

/** Proves that a consumer may keep its key as long as the overlap. */
export const cachingConsumers = provedByLives({
  name: 'caching-consumers',
  does: `${keepingMs.length} consumers that keep the key as long as the overlap allows, through ${rotations} rotations in each simulation`,
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
