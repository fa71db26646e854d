import { createTurns } from '../../../test/fake-scaleway/functions/turns.ts'
import { addressOf } from '../../deployment/address.ts'
import type { LocalDeployment } from '../../local/deployment.ts'
import { overlapHours } from '../../local/settings.ts'
import type { TimeMachine } from '../clock/time-machine.ts'
import type { ClockPicture, Counters, Flag, Moment, Picture } from '../picture.ts'
import { Applications } from './applications.ts'
import { isSecretDeleted } from './bars.ts'
import { Buttons } from './buttons.ts'
import { callFunction, type FunctionAnswer } from './call-function.ts'
import { Firings } from './firings.ts'
import { Happenings, type Telling } from './happenings.ts'
import { LaneBook } from './lane.ts'
import { readStanding, type Standing, statusInWords, unknownStanding } from './standing.ts'
import { readLogLine } from './words.ts'

/** What a world is made of. */
export interface WorldParts {
  readonly machine: TimeMachine
  readonly deployment: LocalDeployment
  /** Gets lines for the terminal. */
  readonly log: (line: string) => void
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000]
/** Before any credential is older than a year, which the status would say. */
const renewalMs = 330 * dayMs
/** A status is read when something has changed, and else this often. */
const statusEveryMs = 7 * dayMs
const starting = 'The application is starting.'

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
  readonly firings: Firings
  /** Called after each change of the picture. */
  onChange: () => void = () => undefined
  /** What the clock shows; its owner is the pace. */
  clock: ClockPicture = { speed: 'real', jump: null }
  /** True while Scaleway answers nothing but 503. */
  isAway = false
  readonly #applications: Applications
  readonly #log: (line: string) => void
  readonly #turns = createTurns(1)
  #startedAt: Moment
  #begun: Promise<void> | undefined
  #flags: readonly Flag[] = []
  #standing = unknownStanding()
  #statusAt = Number.NEGATIVE_INFINITY
  /** Something is different that the status may tell. */
  #hasChanged = true
  #counters: Counters = { refused: 0, renewed: 0, calls: 0, rotations: 0, keysAlive: 0 }
  #whenRun: (() => void)[] = []
  #hasRun = false

  constructor({ machine, deployment, log }: WorldParts) {
    this.machine = machine
    this.deployment = deployment
    this.#log = log
    this.#startedAt = machine.nowMs
    const { scaleway, identities } = deployment
    const rotatorId = identities.rotator.applicationId
    this.lanes = identities.keys.map(
      ({ name, applicationId, secretId }) => new LaneBook(name, { scaleway, applicationId, secretId, rotatorId }),
    )
    const onChange = () => this.changed()
    this.buttons = new Buttons(onChange)
    this.buttons.block(starting)
    this.firings = new Firings({
      machine,
      crons: () => deployment.crons,
      onChange,
      onAnswer: name => {
        if (name === 'hourly') this.#hasRun = true
      },
    })
    this.#applications = new Applications({
      machine,
      deployment,
      lanes: this.lanes,
      tell: (telling, lane) => this.tell({ ...telling, lane: this.nameOf(lane) }),
      onCall: () => this.#count(),
    })
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
      crons: this.firings.marks,
      flags: this.#flags,
      happenings: this.happenings.list,
      buttons: this.buttons.list,
      table,
    }
  }

  /** Gets a line that a function or a CRON wrote, as the terminal would show it. */
  hear(line: string): void {
    const json = line.indexOf('{')
    const told = line.startsWith('rotation ') && json > 0 ? readLogLine(line.slice(json)) : undefined
    if (told !== undefined) this.tell({ ...told, lane: this.#shownName(told.lane ?? null) }, told.at)
    // At another speed, a line for each of 8,772 firings would only hide what is said.
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

  /** Says that something may be different now that the status tells. */
  expectChange(): void {
    this.#hasChanged = true
  }

  /** Calls once when the next hourly run has ended. */
  afterNextRun(call: () => void): void {
    this.#whenRun.push(call)
  }

  /** Sends the operator's request about a key to the rotation function, and goes on in time until it has an answer. */
  ask(lane: LaneBook, body: object): Promise<FunctionAnswer> {
    const { rotation, identities } = this.deployment
    const key = identities.operator.secretKey
    return this.machine.until(callFunction(addressOf(rotation.url, lane.name), { key, body }))
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
    const { health } = this.#standing
    if (health.state !== before.state && health.state !== 'unknown') this.tell(statusInWords(health))
    this.#plan()
    this.changed()
  }

  /** True when the served key of a lane works, no key of it is unpublished, and its secret is there. */
  isWhole({ served, alive, source }: LaneBook): boolean {
    if (this.isAway || served === undefined || isSecretDeleted(source)) return false
    return alive.every(({ phases }) => phases.at(-1)?.kind !== 'unpublished')
  }

  /** Names a key where there are several. */
  nameOf(lane: LaneBook): string | null {
    return this.#shownName(lane.name)
  }

  close(): Promise<void> {
    return this.#applications.stop()
  }

  async #begin(): Promise<void> {
    const { machine, firings } = this
    await machine.takeOver()
    this.#startedAt = machine.nowMs
    firings.begin()
    this.deployment.whenFiredByHand(name => firings.fire(name))
    machine.at(machine.nowMs + renewalMs, () => this.#renew())
    this.#look()
    // What the next hourly run would do by itself.
    if (this.lanes.some(({ served }) => served === undefined)) await machine.until(firings.fire('hourly'))
    await this.#applications.start()
    await machine.settle()
    await this.refresh()
    this.buttons.free(starting)
  }

  #settled(): void {
    this.#look()
    if (!this.#hasRun || this.machine.callsInside > 0) return
    this.#hasRun = false
    for (const call of this.#whenRun.splice(0)) call()
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
      ...this.#applications.counts,
      rotations: bars.filter(({ revision }) => revision !== null).length,
      keysAlive: bars.filter(({ endedAt }) => endedAt === null).length,
    }
    this.changed()
  }

  #plan(): void {
    const rotations = this.firings.dueOf('monthly')
    for (const lane of this.lanes) lane.plan({ rotations, overlapMs: overlapHours * hourMs })
  }

  /** What `terraform apply` does before a credential is a year old. */
  async #renew(): Promise<void> {
    const { machine } = this
    // What is inside a function waits for the clock, and would not end while this goes on.
    if (machine.callsInside > 0) return void machine.at(machine.nowMs + 10 * minuteMs, () => this.#renew())
    await this.#applications.stop()
    await this.deployment.renewCredentials()
    await this.#applications.start()
    machine.at(machine.nowMs + renewalMs, () => this.#renew())
    this.flag('upkeep', 'credentials renewed')
    this.tell({
      text: 'The deployment’s own credentials were replaced before they were a year old, as terraform apply does.',
    })
    this.#log('page       a year passed there: credentials were replaced, and the lines that were pasted are refused.')
    this.expectChange()
  }

  async #readStatus(): Promise<Standing> {
    const { rotation, identities } = this.deployment
    const call = callFunction(rotation.url, { key: identities.monitor.secretKey })
    const answer = await this.machine.until(call).catch(() => undefined)
    if (answer === undefined) return unknownStanding('', 'The rotation function gives no status.')
    return readStanding(answer, this.machine.now())
  }

  #shownName(name: string | null): string | null {
    return this.lanes.length === 1 ? null : name
  }
}
