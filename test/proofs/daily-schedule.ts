import { ask } from './harness/ask.ts'
import { type Chance, chance } from './harness/chance.ts'
import { type Life, nothing } from './harness/life.ts'
import { provedByLives } from './harness/lives.ts'
import { expectQuotasUntouched, quotaFigures } from './harness/quotas.ts'
import { createStage, type Stage } from './harness/stage.ts'

/** What a deployment that rotates daily is set to, and whether Terraform allows it (`key_rules` in main.tf). */
interface Settings {
  readonly overlapHours: number
  readonly keepVersions: number
  readonly isAllowed: boolean
}

/** The most that Terraform allows beside a daily schedule, and the next it refuses. */
const settings: readonly [Settings, ...Settings[]] = [
  { overlapHours: 68, keepVersions: 6, isAllowed: true },
  { overlapHours: 68, keepVersions: 7, isAllowed: false },
  { overlapHours: 69, keepVersions: 3, isAllowed: false },
]
const days = 90

/**
 * Three months of the most frequent schedule that Terraform allows, with an operator who presses again within ten minutes
 * of each rotation. With the most versions that may be kept no rotation is ever blocked; with one more, some are.
 */
const daily: Life = async (seed, without = nothing) => {
  const luck = chance(seed)
  const { overlapHours, keepVersions, isAllowed } = settings[seed % settings.length] ?? settings[0]
  const stage = createStage({
    seed,
    timers: { overlapHours, keepVersions },
  })
  stage.tell(`overlap ${overlapHours} h, ${keepVersions} versions kept`)
  let blocked = 0
  for (let day = 0; day < days; day++) {
    const isRotated = await rotates(stage)
    if (!isRotated) blocked += 1
    if (!without.has(day)) await pressesAgain(stage, luck, isRotated)
    await hourlyRuns(stage, luck)
    expectQuotasUntouched(stage)
  }
  blockedDays.set(stage, { [isAllowed ? 'blocked where allowed' : 'blocked where refused']: blocked })
  if (isAllowed && blocked > 0) stage.watch.note('every due action is done', `${blocked} rotations were blocked`)
  if (!isAllowed && blocked === 0) stage.watch.note('the bound is exact', 'one more version kept blocks no rotation')
  await stage.settle()
  return stage
}

const blockedDays = new WeakMap<Stage, Record<string, number>>()

/** The CRON's rotation, at 02:00. False if it was blocked. */
async function rotates(stage: Stage): Promise<boolean> {
  const { clock, watch } = stage
  const nowMs = clock.now().getTime()
  const midnightMs = Math.floor(nowMs / dayMs) * dayMs
  clock.advance({ milliseconds: (midnightMs + 2 * hourMs - nowMs + dayMs) % dayMs })
  const answered = await ask(stage, stage.start(), { body: { action: 'rotate', source: 'cron' }, as: 'cron' })
  if (answered?.body.error === 'blocked') return false
  if (answered?.body.rotated !== true) watch.note('every due action is done', `a daily rotation: ${answered?.status}`)
  return true
}

/** The operator presses within ten minutes: `recent`, unless that day's rotation was blocked. */
async function pressesAgain(stage: Stage, luck: Chance, isRotated: boolean): Promise<void> {
  const { clock, watch, versions } = stage
  const newest = versions()[0]?.revision
  for (let press = luck.between(0, 3); press > 0; press--) {
    clock.advance({ seconds: luck.below(150) })
    await ask(stage, stage.start(), { body: { action: 'rotate' }, as: luck.one(['operator', 'cron']) })
  }
  if (isRotated && versions()[0]?.revision !== newest)
    watch.note('no unnecessary key is created', 'within ten minutes of another')
}

/** The hourly runs until the next day; of three that follow each other one comes at least. */
async function hourlyRuns(stage: Stage, luck: Chance): Promise<void> {
  const { clock, watch } = stage
  let missed = 0
  for (let hour = 2; hour < 26; hour++) {
    const nowMs = clock.now().getTime()
    clock.advance({ milliseconds: (17 * minuteMs - (nowMs % hourMs) + hourMs) % hourMs || hourMs })
    watch.look()
    if (missed < 2 && luck.happens(0.3)) missed += 1
    else {
      missed = 0
      await ask(stage, stage.start(), { body: { action: 'tend' }, as: 'cron' })
    }
  }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The quota of versions under the most frequent schedule. */
export const dailySchedule = provedByLives({
  name: 'daily-schedule',
  does: `${days} days of a daily rotation with the most versions that Terraform lets it keep, and with one more; hourly runs are missed, an operator presses again`,
  promises: 'with what is allowed no rotation is blocked, with one more some are; no quota is reached',
  life: daily,
  lives: { share: 3, full: 20 },
  livesPerPiece: 1,
  parts: days,
  figures: stage => ({ ...quotaFigures(stage), ...blockedDays.get(stage) }),
  remark: figures =>
    `${figures.rotations ?? 0} rotations, at most ${figures['most versions'] ?? 0} versions; ${figures['blocked where allowed'] ?? 0} blocked where Terraform allows it, ${figures['blocked where refused'] ?? 0} where it does not`,
})
