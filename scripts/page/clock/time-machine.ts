import { randomInt } from 'node:crypto'
import type { CallWatch } from '../../../test/fake-scaleway/functions/gateway.ts'
import type { Clock } from '../../../test/fake-scaleway/index.ts'
import { type ClockedProcess, type ClockedProcesses, listenForProcesses } from './processes.ts'

/** Something that the world does by itself at a moment. Time stands still until it is done, if it says when. */
interface Alarm {
  readonly dueMs: number
  readonly ring: () => void | Promise<void>
}

/** How a clock starts. */
export interface MachineOptions {
  /** With it, the random numbers of all processes are the same in each run. */
  readonly seed?: number
  /** Where it stands until it takes over, instead of at the machine's time. */
  readonly startAt?: Date
}

const maxSeed = 2 ** 31
const never = Number.POSITIVE_INFINITY

/**
 * The clock of the page. Until it takes over, it is the machine's. From then on it steps from event to event, never further:
 * it stands still while anything is at work, and goes on to what is due next, which is an alarm of the world or the end of a
 * wait in one of the processes.
 */
export class TimeMachine implements Clock {
  /** Called whenever nothing is at work any more. */
  onSettled: () => void = () => undefined
  readonly #processes: ClockedProcesses
  readonly #alarms = new Set<Alarm>()
  /** How many calls are inside the process of a name. */
  readonly #inside = new Map<string, number>()
  /** Names of processes that may be at work: they were called, and not looked at since. */
  readonly #restless = new Set<string>()
  #logicalMs: number | undefined
  #nextSeed: number
  readonly #startMs: number | undefined
  #whenCalled: (() => void)[] = []
  #wasSettled = false

  static async start({ seed = randomInt(maxSeed), startAt }: MachineOptions = {}): Promise<TimeMachine> {
    const started: { machine?: TimeMachine } = {}
    const processes = await listenForProcesses(process => started.machine?.greet(process) ?? Promise.resolve())
    started.machine = new TimeMachine(processes, seed, startAt?.getTime())
    return started.machine
  }

  private constructor(processes: ClockedProcesses, seed: number, startMs: number | undefined) {
    this.#processes = processes
    this.#nextSeed = seed
    this.#startMs = startMs
  }

  now(): Date {
    return new Date(this.nowMs)
  }

  get nowMs(): number {
    return this.#logicalMs ?? this.#startMs ?? Date.now()
  }

  /** How many calls are inside functions. */
  get callsInside(): number {
    return Array.from(this.#inside.values()).reduce((sum, calls) => sum + calls, 0)
  }

  /** The variables with which a process finds the clock. */
  environment(name: string): Record<string, string> {
    this.#nextSeed += 1
    return this.#processes.environment(name, this.#nextSeed)
  }

  close(): Promise<void> {
    return this.#processes.close()
  }

  async greet(process: ClockedProcess): Promise<void> {
    this.#restless.add(process.name)
    await (this.#logicalMs === undefined ? process.say('look') : process.say('take', this.#logicalMs))
  }

  /** Takes the time over, from this moment on. */
  async takeOver(): Promise<void> {
    const atMs = this.nowMs
    this.#logicalMs = atMs
    await Promise.all(this.#processes.all().map(process => process.say('take', atMs)))
  }

  /** What tells the clock of the calls to the process of a name. */
  watch(name: string): CallWatch {
    const count = (by: 1 | -1) => {
      this.#inside.set(name, this.#insideOf(name) + by)
      this.#restless.add(name)
    }
    return {
      begins: async () => {
        count(1)
        for (const called of this.#whenCalled.splice(0)) called()
        if (this.#logicalMs !== undefined) await this.#processOf(name)?.say('time', this.#logicalMs)
      },
      ended: () => count(-1),
    }
  }

  /** Lets the world do something at a moment. Gives what calls it off. */
  at(dueMs: number, ring: Alarm['ring']): () => void {
    const alarm = { dueMs, ring }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Goes on to the next event, at most until a moment, and gives whether there was one. */
  async step(untilMs: number): Promise<boolean> {
    await this.settle()
    const alarm = earliest(this.#alarms)
    const sleeper = earliest(this.#processes.all())
    const nextMs = Math.min(alarm?.dueMs ?? never, sleeper?.dueMs ?? never)
    if (this.#logicalMs !== undefined) this.#logicalMs = Math.max(this.nowMs, Math.min(nextMs, untilMs))
    if (nextMs > untilMs) return false
    if (alarm !== undefined && alarm.dueMs === nextMs) {
      this.#alarms.delete(alarm)
      await alarm.ring()
    } else if (sleeper !== undefined) {
      await sleeper.say('wake', this.nowMs)
      this.#judge(sleeper.name)
    }
    this.#wasSettled = false
    await this.settle()
    return true
  }

  /** Goes on until a call has its answer, as far as calls that are inside a function wait for it. */
  async until<Answer>(call: Promise<Answer>): Promise<Answer> {
    let isOpen = true
    const ended = call.then(
      () => undefined,
      () => undefined,
    )
    void ended.then(() => {
      isOpen = false
    })
    while (isOpen) {
      if (this.callsInside === 0) await Promise.race([ended, this.#nextCall()])
      await this.settle()
      if (isOpen && this.callsInside > 0) await this.step(never)
    }
    return call
  }

  /** Waits until nothing is at work: in every process that was called or woken, and in no call on its way to or from one. */
  async settle(): Promise<void> {
    while (this.#restless.size > 0) {
      this.#wasSettled = false
      await Promise.all(Array.from(this.#restless, name => this.#lookAt(name)))
    }
    if (this.#wasSettled) return
    this.#wasSettled = true
    // What processes wrote before they answered is read in this turn.
    await new Promise(resolve => setImmediate(resolve))
    this.onSettled()
  }

  async #lookAt(name: string): Promise<void> {
    this.#restless.delete(name)
    await this.#processOf(name)?.say('look')
    this.#judge(name)
  }

  /** A process that has not got a call yet, or whose answer is under way, is looked at once more. */
  #judge(name: string): void {
    if ((this.#processOf(name)?.inside ?? 0) !== this.#insideOf(name)) this.#restless.add(name)
  }

  #processOf(name: string): ClockedProcess | undefined {
    return this.#processes.all().find(process => process.name === name)
  }

  #insideOf(name: string): number {
    return this.#inside.get(name) ?? 0
  }

  #nextCall(): Promise<void> {
    return new Promise(resolve => this.#whenCalled.push(resolve))
  }
}

/** The one that is due first; of several the first. */
function earliest<Due extends { readonly dueMs: number | undefined }>(all: Iterable<Due>) {
  let first: (Due & { readonly dueMs: number }) | undefined
  for (const one of all) if (isDue(one) && (first === undefined || one.dueMs < first.dueMs)) first = one
  return first
}

function isDue<Due extends { readonly dueMs: number | undefined }>(one: Due): one is Due & { readonly dueMs: number } {
  return one.dueMs !== undefined
}
