import { setTimeout as pause } from 'node:timers/promises'
import { type ClockCommand, type Speed, speeds } from '../picture.ts'
import type { World } from './world.ts'

const [secondMs, hourMs, dayMs] = [1_000, 3_600_000, 86_400_000]
/** How much time passes within a second. */
const rates: Readonly<Record<Speed, number>> = {
  paused: 0,
  real: secondMs,
  'hour-a-second': hourMs,
  'day-a-second': dayMs,
}
/** A dozen pictures a second. */
const sliceMs = 80
/** A machine that is too slow lets time pass more slowly, and does not try to catch up. */
const longestSliceMs = 250

/** Lets the world's time pass: at a speed, or in a jump as fast as the machine can. It only ever delays steps. */
export class Pace {
  readonly #world: World
  #wake: () => void = () => undefined
  #isOver = false

  constructor(world: World) {
    this.#world = world
  }

  /** Does what the clock is told. */
  command(command: ClockCommand): void {
    const { clock, machine } = this.#world
    const from = machine.nowMs
    const to = isSpeed(command) ? undefined : this.#target(command)
    this.#set(isSpeed(command) ? { speed: command, jump: null } : { ...clock, jump: { command, from, to: to ?? from } })
    this.#wake()
  }

  /** Runs until it is ended. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const { speed, jump } = this.#world.clock
      if (jump !== null) await this.#jumpOn(jump.to)
      else if (speed === 'paused') await new Promise<void>(resolve => (this.#wake = resolve))
      else await this.#pass(speed)
    }
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async #jumpOn(untilMs: number): Promise<void> {
    const { jump } = this.#world.clock
    const hadEvent = await this.#world.step(untilMs)
    if (!hadEvent && this.#world.clock.jump === jump) this.#set({ speed: 'paused', jump: null })
    this.#world.changed()
  }

  /** One slice: real time first, then as much of the world's. */
  async #pass(speed: Speed): Promise<void> {
    const { clock, machine } = this.#world
    const begunMs = performance.now()
    await pause(sliceMs)
    if (this.#world.clock !== clock) return
    const realMs = Math.min(performance.now() - begunMs, longestSliceMs)
    const untilMs = machine.nowMs + Math.round((realMs / secondMs) * rates[speed])
    while (this.#world.clock === clock && (await this.#world.step(untilMs)));
    this.#world.changed()
  }

  #set(clock: World['clock']): void {
    this.#world.clock = clock
    this.#world.changed()
  }

  #target(command: Exclude<ClockCommand, Speed>): number {
    const { machine, firings } = this.#world
    if (command === 'next-cron') return firings.next
    const to = machine.now()
    if (command === 'month') to.setUTCMonth(to.getUTCMonth() + 1)
    else to.setUTCFullYear(to.getUTCFullYear() + 1)
    return to.getTime()
  }
}

function isSpeed(command: ClockCommand): command is Speed {
  return speeds.some(speed => speed === command)
}
