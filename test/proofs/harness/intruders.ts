import type { Chance } from './chance.ts'
import type { Stage } from './stage.ts'

/** The applications of a deployment that somebody who holds the rotator's key can make keys for. */
type Application = 'bearer' | 'reader' | 'rotator' | 'operator' | 'consumer' | 'monitor'

/** Those whose keys every stage looks at. */
const usual = ['bearer', 'reader', 'rotator'] as const

interface Intruder {
  readonly accessKey: string
  readonly isOfBearer: boolean
  readonly madeMs: number
}

const minuteMs = 60_000
/** Younger keys of the deployment's own applications may come from an apply under way. */
const settledMs = 15 * minuteMs
const alarmOfBearerMs = 7 * 24 * 60 * minuteMs

/** The alarms of a status as text. */
function alarmsIn(problems: unknown): string {
  const all: readonly { alarming: boolean }[] = Array.isArray(problems) ? problems : []
  return JSON.stringify(all.filter(({ alarming }) => alarming))
}

/** Keys that an attacker makes with the rotator's key: the status and the log must say so, until they are deleted. */
export class Intruders {
  readonly #stage: Stage
  #all: Intruder[] = []

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** True while a key of the attacker's is there. */
  get areThere(): boolean {
    return this.#standing().length > 0
  }

  /** The attacker makes a key for one of these. */
  enter(luck: Chance, applications: readonly [Application, ...Application[]] = usual): void {
    const application = luck.one(applications)
    const { cloud, ids, watch, clock, tell } = this.#stage
    const isOfBearer = application === 'bearer'
    const applicationId = isOfBearer ? ids.applicationId : ids[application].applicationId
    const { accessKey } = cloud.iam.createApiKey({ applicationId, description: 'innocent' })
    this.#all.push({ accessKey, isOfBearer, madeMs: clock.now().getTime() })
    if (isOfBearer) watch.edited()
    tell(`an attacker makes a key for the ${application}`)
  }

  /** A person deletes the attacker's keys. */
  leave(): void {
    const { cloud, watch, tell } = this.#stage
    for (const { accessKey } of this.#standing()) cloud.iam.deleteApiKey(accessKey)
    if (this.#all.length > 0) tell("a person deletes the attacker's keys")
    this.#all = []
    watch.edited()
  }

  /** Call this after an hourly run without faults or lag, whose log lines are given. */
  async judge(lines: readonly string[]): Promise<void> {
    const { start, watch, clock } = this.#stage
    const nowMs = clock.now().getTime()
    const standing = this.#standing()
    const own = standing.filter(({ isOfBearer, madeMs }) => !isOfBearer && nowMs - madeMs > settledMs)
    const ofBearer = standing.filter(({ isOfBearer, madeMs }) => isOfBearer && nowMs - madeMs < alarmOfBearerMs)
    const { status, body } = await start().status()
    const alarms = alarmsIn(body.problems)
    const due = [...own, ...ofBearer]
    for (const intruder of standing) {
      const isNamed = alarms.includes(intruder.accessKey)
      if (due.includes(intruder) && !(isNamed && status === 503))
        this.#note(`${status}, and the alarms do not name one`)
      if (!due.includes(intruder) && isNamed) this.#note('an alarm names one that is too young or too old')
    }
    for (const { accessKey } of own) {
      const isLogged = lines.some(line => line.includes('"code":"unknown-key"') && line.includes(accessKey))
      if (!isLogged) this.#note('the log of the hourly run does not name one')
    }
    if (own.length === 0 && alarms.includes('unknown-key')) this.#note('an alarm although there is none')
    watch.look()
  }

  #standing(): Intruder[] {
    const there = new Set(this.#stage.cloud.iam.apiKeys().map(({ accessKey }) => accessKey))
    return this.#all.filter(({ accessKey }) => there.has(accessKey))
  }

  #note(detail: string): void {
    this.#stage.watch.note('a key that somebody else made is an alarm', detail)
  }
}
