import { type JourneyName, journeys } from '../call-faults.ts'
import { judge } from '../harness/ask.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { creates } from './begin.ts'

const names: readonly [JourneyName, ...JourneyName[]] = [
  'first rotation',
  'monthly rotation',
  'forced rotation',
  'hourly run that rotates',
  'hourly run that retires',
  'hourly run that revokes',
  'revoke',
]

const yieldingNames: readonly [JourneyName, ...JourneyName[]] = ['monthly rotation', 'hourly run that rotates']

/**
 * An instance is frozen right after one of its calls, for a minute or for days, and its monotonic clock with it; other
 * instances continue meanwhile. When it wakes it must not act on its old observation.
 */
export const frozen: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { clock, watch, tell } = stage
  const isLate = luck.happens(0.5)
  const name = luck.one(isLate ? yieldingNames : names)
  const { body, as, begin } = journeys[name]
  await begin(stage)
  const isForced = name === 'forced rotation' || name === 'revoke'
  const before = { creates: creates(stage), versions: stage.versions().length }
  const within = { creates: 0, before: 0, published: false, isOvertaken: false }
  const nth = isLate ? luck.one([2, 6, 8]) : luck.between(1, 9)
  const answered = await frozenAfter(stage, nth, async () => {
    within.before = creates(stage) - before.creates
    within.published = stage.versions().length > before.versions
    const forSeconds = luck.one([
      62 + luck.below(120),
      62 + luck.below(120),
      300 + luck.below(7_000),
      62 + luck.below(900_000),
    ])
    tell(`${name} is frozen after its call ${nth} for ${forSeconds.toFixed(0)} s`)
    // Frozen before it creates its own key: if another run creates one meanwhile, it must not create a second.
    await others(stage, luck, { forSeconds, areBusy: nth === 2 })
    within.creates = creates(stage) - before.creates - within.before
    // Frozen in its first look, it looks again: what came meanwhile is then no news to it.
    within.isOvertaken = nth > 2 && !within.published && stage.versions().length > before.versions
  }).post({ ...body }, as)
  tell(`→ ${answered.status} ${JSON.stringify(answered.body)}`)
  judge(stage, body, answered)
  watch.look()
  const own = creates(stage) - before.creates - within.before - within.creates
  if (!isForced && within.creates > 0 && own > 0) {
    watch.note('no unnecessary key is created', 'another run created one while this one was frozen')
  }
  if (yieldingNames.includes(name) && within.isOvertaken && answered.body.rotated === true) {
    watch.note(
      'no unnecessary key is created',
      'it was published although another version had been published meanwhile',
    )
  }
  clock.advance({ minutes: 20 })
  await stage.settle()
  return stage
}

/** Other instances meanwhile: hourly runs, rotations, sometimes a revoke; or a person who adds a version. */
async function others(
  stage: Stage,
  luck: Chance,
  { forSeconds, areBusy }: { forSeconds: number; areBusy: boolean },
): Promise<void> {
  const { clock, start, watch, cloud, ids } = stage
  const isShort = forSeconds <= 300
  const isCalm = !areBusy && luck.happens(0.5)
  const steps = isShort ? 1 : 6
  for (let step = 0; step < steps; step++) {
    clock.advance({ seconds: forSeconds / steps })
    watch.look()
    if (isShort && !areBusy && luck.happens(0.4)) {
      cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
      watch.edited()
      continue
    }
    const busy = luck.one([{ action: 'tend' }, { action: 'tend' }, { action: 'rotate' }, { action: 'revoke' }])
    const body = isCalm ? { action: 'tend' } : areBusy ? { action: 'rotate' } : busy
    const answered = await start().post(body, body.action === 'revoke' ? 'operator' : 'cron')
    stage.tell(`meanwhile ${JSON.stringify(body)}: ${answered.status} ${JSON.stringify(answered.body)}`)
    judge(stage, body, answered)
  }
}

function frozenAfter({ instance, clock, cloud, watch }: Stage, nth: number, whileFrozen: () => Promise<unknown>) {
  let calls = 0
  let frozenMs = 0
  const nowMs = () => clock.now().getTime()
  return instance({
    clock: {
      now: () => ({ wallMs: nowMs(), steadyMs: nowMs() - frozenMs }),
      sleep: async milliseconds => clock.advance({ milliseconds }),
    },
    fetch: async (request, options) => {
      const answer = await cloud.fetch(request, options)
      watch.look()
      calls += 1
      if (calls !== nth) return answer
      const sinceMs = nowMs()
      await whileFrozen()
      frozenMs = nowMs() - sinceMs
      return answer
    },
  })
}
