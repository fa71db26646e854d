import { createTurns } from '../../../test/fake-scaleway/functions/turns.ts'
import { addressOf } from '../../deployment/address.ts'
import { bothHeaders, credentialIn } from '../../deployment/caller-headers.ts'
import type { DeployedCron, LocalDeployment } from '../../local/deployment.ts'
import { overlapHours } from '../../local/settings.ts'
import type { TimeMachine } from '../clock/time-machine.ts'
import type { ClockPicture, Counters, CronMarks, Flag, Moment, Picture } from '../picture.ts'
import { type Application, startApplication } from './application.ts'
import { isSecretDeleted } from './bars.ts'
import { Buttons } from './buttons.ts'
import { Happenings, type Telling } from './happenings.ts'
import { LaneBook } from './lane.ts'
import { withMoment } from './runs.ts'
import { readStanding, unknownStanding } from './standing.ts'
import { readLogLine } from './words.ts'

/** What a world is made of. */
export interface WorldParts {
  readonly machine: TimeMachine
  readonly deployment: LocalDeployment
  /** Gets lines for the terminal. */
  readonly log: (line: string) => void
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]
/**
 * How often the application makes a call, and asks for its key: often enough that what goes wrong between two ticks is seen,
 * and seldom enough for a year in a minute.
 */
const [callSeconds, refreshSeconds] = [30 * 60, 4 * 3_600]
/** Before any credential is older than a year, which the status would say. */
const renewalMs = 330 * dayMs
/** A status is read when something has changed, and else this often. */
const statusEveryMs = 7 * dayMs

/**
 * The world behind the page: a deployment on this machine, an application for each key, and the clock that all of them live
 * by. It begins when somebody opens the page. Whoever makes it do something takes a turn: between two steps of the clock.
 */
export class World {
  readonly machine: TimeMachine
  readonly deployment: LocalDeployment
  readonly lanes: readonly LaneBook[]
  readonly happenings = new Happenings()
  readonly buttons: Buttons
  /** Called after each change of the picture. */
  onChange: () => void = () => undefined
  /** What the clock shows; its owner is the pace. */
  clock: ClockPicture = { speed: 'real', jump: null }
  /** True while Scaleway answers nothing but 503. */
  isAway = false
  readonly #log: (line: string) => void
  readonly #turns = createTurns(1)
  #startedAt: Moment
  #begun: Promise<void> | undefined
  #applications: Application[] = []
  #crons: readonly CronMarks[] = []
  #flags: readonly Flag[] = []
  #standing = unknownStanding()
  #statusAt = Number.NEGATIVE_INFINITY
  #hasChanged = true
  #calls = { refused: 0, renewed: 0, calls: 0 }
  #counters: Counters = { refused: 0, renewed: 0, calls: 0, rotations: 0, keysAlive: 0 }
  #whenTicked: (() => void)[] = []
  #hasTicked = false

  constructor({ machine, deployment, log }: WorldParts) {
    this.machine = machine
    this.deployment = deployment
    this.#log = log
    this.#startedAt = machine.nowMs
    const { scaleway, identities } = deployment
    this.lanes = identities.keys.map(
      ({ name, applicationId, secretId }) =>
        new LaneBook(name, { scaleway, applicationId, secretId, rotatorId: identities.rotator.applicationId }),
    )
    this.buttons = new Buttons(() => this.changed())
    this.buttons.block(starting)
    machine.onSettled = () => this.#settled()
  }

  /** Begins: from here on, time is the page's. A second call waits for the first. */
  begin(): Promise<void> {
    this.#begun ??= this.turn(() => this.#begin())
    return this.#begun
  }

  /** Does something between two steps of the clock. */
  turn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(work)
  }

  /** Goes on to the next event, at most until a moment, and gives whether there was one. */
  step(untilMs: number): Promise<boolean> {
    return this.turn(async () => {
      const stepped = await this.machine.step(untilMs)
      await this.refresh()
      return stepped
    })
  }

  get picture(): Picture {
    const { health, table } = this.#standing
    return {
      mode: 'local',
      startedAt: this.#startedAt,
      now: this.machine.nowMs,
      clock: this.clock,
      health,
      counters: this.#counters,
      lanes: this.lanes.map(({ lane }) => lane),
      crons: this.#crons,
      flags: this.#flags,
      happenings: this.happenings.list,
      buttons: this.buttons.list,
      table,
    }
  }

  get refusedCalls(): number {
    return this.#calls.refused
  }

  /** The next firing of any CRON. */
  get nextFiring(): Moment {
    return Math.min(...this.#crons.flatMap(({ due: [next] }) => next ?? []))
  }

  /** Gets a line that a function or a CRON wrote, as the terminal would show it. */
  hear(line: string): void {
    const json = line.indexOf('{')
    const told = line.startsWith('rotation ') && json > 0 ? readLogLine(line.slice(json)) : undefined
    if (told !== undefined) this.tell({ ...told, lane: this.#laneName(told.lane ?? null) }, told.at)
    // At another speed, a line for each of 8,772 ticks would only hide what is said.
    if (this.clock.jump === null && (this.clock.speed === 'real' || this.clock.speed === 'paused')) this.#log(line)
  }

  tell(telling: Telling, at: Moment = this.machine.nowMs): void {
    this.happenings.tell(at, telling)
    this.changed()
  }

  flag(kind: Flag['kind'], label: string): void {
    this.#flags = [...this.#flags, { at: this.machine.nowMs, label, kind }]
    this.changed()
  }

  changed(): void {
    this.onChange()
  }

  /** Calls once when the next hourly tick has ended. */
  afterNextTick(run: () => void): void {
    this.#whenTicked.push(run)
  }

  /** Sends the operator's request about a key to the rotation function, and goes on in time until it has an answer. */
  async ask(lane: LaneBook, body: object): Promise<{ readonly status: number; readonly text: string }> {
    return this.machine.until(
      callFunction(addressOf(this.deployment.rotation.url, lane.name), {
        key: this.deployment.identities.operator.secretKey,
        body: JSON.stringify(body),
      }),
    )
  }

  /** Looks at everything once more, and reads the status if something has changed that it may tell. */
  async refresh(): Promise<void> {
    this.#look()
    const isDue = this.#hasChanged || this.machine.nowMs >= this.#statusAt + statusEveryMs
    if (!isDue || this.machine.callsInside > 0) return
    this.#hasChanged = false
    this.#statusAt = this.machine.nowMs
    const before = this.#standing.health
    this.#standing = this.isAway ? unknownStanding('', 'Scaleway is away.') : await this.#readStatus()
    const { state, problems } = this.#standing.health
    if (state !== before.state && state !== 'unknown') this.tell(statusInWords(state, problems))
    this.#plan()
    this.changed()
  }

  /** True when the served key of a lane works, no key of it is unpublished, and its secret is there. */
  isWhole({ served, alive, source }: LaneBook): boolean {
    if (this.isAway || served === undefined || isSecretDeleted(source)) return false
    return alive.every(({ phases }) => phases.at(-1)?.kind !== 'unpublished')
  }

  /** Something that the status tells may be different now. */
  expectChange(): void {
    this.#hasChanged = true
  }

  /** Names a key where there are several. */
  nameOf(lane: LaneBook): string | null {
    return this.#laneName(lane.name)
  }

  async close(): Promise<void> {
    await Promise.all(this.#applications.map(application => application.stop()))
  }

  async #begin(): Promise<void> {
    const { crons } = this.deployment
    for (const cron of crons) cron.stop()
    await this.machine.takeOver()
    this.#startedAt = this.machine.nowMs
    this.#spyOnTries()
    this.#crons = crons.map(({ name, schedule }) => ({ name, schedule, fired: [], due: [] }))
    for (const { name } of crons) this.#arm(name)
    this.deployment.whenFiredByHand(name => this.#fire(name))
    this.machine.at(this.machine.nowMs + renewalMs, () => this.#renew())
    this.#look()
    // What the next tick would do by itself, within the hour.
    if (this.lanes.some(({ served }) => served === undefined)) await this.machine.until(this.#fire('hourly'))
    await this.#startApplications()
    await this.machine.settle()
    await this.refresh()
    this.buttons.free(starting)
  }

  /** The local Scaleway asks a fault about each call; this one sees which key an application calls with, and never hits. */
  #spyOnTries(): void {
    this.deployment.scaleway.faults.add({
      operation: 'iam.getApiKey',
      match: ({ path, request }) => {
        const accessKey = path.slice(path.lastIndexOf('/') + 1)
        // Node's fetch: the functions and curl name themselves differently.
        if (request.headers['user-agent'] === 'node') {
          this.lanes.find(({ lane }) => lane.bars.some(bar => bar.accessKey === accessKey))?.tried(accessKey)
        }
        return false
      },
      fault: { kind: 'unauthorized' },
    })
  }

  async #startApplications(): Promise<void> {
    const { scalewayUrl, retrieval, identities } = this.deployment
    const started = identities.keys.map(({ name, consumer }, index) => {
      const lane = this.lanes[index]
      return startApplication({
        env: {
          ...this.machine.environment(`application-${name}`),
          RETRIEVAL_URL: addressOf(retrieval.url, name),
          CONSUMER_KEY: consumer.secretKey,
          SCW_API_URL: scalewayUrl,
          CALL_SECONDS: String(callSeconds),
          REFRESH_SECONDS: String(refreshSeconds),
        },
        onCall: answer => lane && this.#called(lane, answer),
        onLine: line => this.#said(line, name),
      })
    })
    this.#applications = await Promise.all(started)
  }

  #called(lane: LaneBook, answer: string): void {
    const outcome = lane.called(this.machine.nowMs, answer)
    const { refused, renewed, calls } = this.#calls
    this.#calls = {
      refused: refused + Number(outcome === 'refused'),
      renewed: renewed + Number(outcome === 'renewed'),
      calls: calls + 1,
    }
    const named = this.nameOf(lane)
    if (outcome === 'refused') {
      this.tell({ text: `The application is refused: HTTP ${answer}.`, tone: 'bad', lane: named })
    }
    if (outcome === 'renewed') {
      this.tell({ text: 'The application was refused once, fetched the new key and went on.', lane: named })
    }
    this.#count()
  }

  #said(line: string, name: string): void {
    const held = /^Holding revision (\d+)\.$/.exec(line)?.[1]
    const text = held === undefined ? `Application: ${line}` : `The application holds revision ${held}.`
    this.tell({ text, tone: held === undefined ? 'bad' : 'plain', lane: this.#laneName(name) })
  }

  #settled(): void {
    this.#look()
    if (this.#hasTicked && this.machine.callsInside === 0) {
      this.#hasTicked = false
      for (const run of this.#whenTicked.splice(0)) run()
    }
  }

  #look(): void {
    const changed = this.lanes.filter(lane => lane.look(this.machine.nowMs))
    if (changed.length === 0) return
    this.#hasChanged = true
    this.#plan()
    this.#count()
  }

  #count(): void {
    const bars = this.lanes.flatMap(({ lane }) => lane.bars)
    this.#counters = {
      ...this.#calls,
      rotations: bars.filter(({ revision }) => revision !== null).length,
      keysAlive: bars.filter(({ endedAt }) => endedAt === null).length,
    }
    this.changed()
  }

  #plan(): void {
    const rotations = this.#crons.find(({ name }) => name === 'monthly')?.due ?? []
    for (const lane of this.lanes) lane.plan({ rotations, overlapMs: overlapHours * hourMs })
  }

  /** Sees to it that a CRON fires when it is due, and shows when that is. */
  #arm(name: string): void {
    const cron = this.#cron(name)
    const known = this.#crons.find(marks => marks.name === name)?.due ?? []
    const due = known.filter(at => at > this.machine.nowMs)
    while (due.length < dueShown) {
      const next = cron?.nextRun(new Date(due.at(-1) ?? this.machine.nowMs))
      if (next == null) break
      due.push(next.getTime())
    }
    this.#mark(name, marks => ({ ...marks, due }))
    const [next] = due
    if (next === undefined) return
    this.machine.at(next, () => {
      void this.#fire(name)
      this.#arm(name)
    })
  }

  async #fire(name: string) {
    const at = this.machine.nowMs
    this.#mark(name, marks => ({ ...marks, fired: withMoment(marks.fired, at, {}) }))
    const reply = await this.#cron(name)?.fire()
    if (name === 'hourly') this.#hasTicked = true
    return reply
  }

  #cron(name: string): DeployedCron | undefined {
    return this.deployment.crons.find(cron => cron.name === name)
  }

  #mark(name: string, change: (marks: CronMarks) => CronMarks): void {
    this.#crons = this.#crons.map(marks => (marks.name === name ? change(marks) : marks))
    this.changed()
  }

  /** What `terraform apply` does before a credential is a year old. */
  async #renew(): Promise<void> {
    const { machine } = this
    // What is inside a function waits for the clock, and would not end while this goes on.
    if (machine.callsInside > 0) return void machine.at(machine.nowMs + 10 * minuteMs, () => this.#renew())
    await this.close()
    await this.deployment.renewCredentials()
    await this.#startApplications()
    machine.at(machine.nowMs + renewalMs, () => this.#renew())
    this.flag('upkeep', 'credentials renewed')
    this.tell({
      text: 'The deployment’s own credentials were replaced before they were a year old, as terraform apply does.',
    })
    this.#log('page       a year passed there: credentials were replaced, and the lines that were pasted are refused.')
    this.expectChange()
  }

  async #readStatus() {
    const { rotation, identities } = this.deployment
    const call = callFunction(rotation.url, { key: identities.monitor.secretKey })
    const answer = await this.machine.until(call).catch(() => undefined)
    if (answer === undefined) return unknownStanding('', 'The rotation function gives no status.')
    return readStanding(answer, this.machine.now())
  }

  #laneName(name: string | null): string | null {
    return this.lanes.length === 1 ? null : name
  }
}

const starting = 'The application is starting.'
/** So many firings to come are shown of each CRON. */
const dueShown = 3

function statusInWords(state: 'healthy' | 'unhealthy', problems: Picture['health']['problems']): Telling {
  if (state === 'healthy') return { text: 'The status is 200: healthy.', tone: 'good' }
  const alarms = problems.filter(({ alarming }) => alarming).map(({ code }) => code)
  return { text: `The status is 503: ${alarms.join(', ')}.`, code: alarms[0] ?? null, tone: 'bad' }
}

/** Calls a function as a caller with a key does. The limit is real: nothing that is asked here takes as long in logical time. */
async function callFunction(url: string, { key, body }: { readonly key: string; readonly body?: string }) {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...credentialIn(bothHeaders, key), 'Cache-Control': 'no-cache' },
    signal: AbortSignal.timeout(callLimitMs),
    ...(body !== undefined && { body }),
  })
  return { status: response.status, text: await response.text() }
}

const callLimitMs = 120_000
