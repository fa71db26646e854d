import { CannotProceedError } from '../cli/cannot-proceed.ts'
import type { Clock } from './clock.ts'
import type { Limits } from './limits.ts'
import type { ProbeOptions } from './options.ts'
import type { Stops } from './stops.ts'

/** What the command takes from its process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly limits: Limits
  readonly prefix: string
  readonly stops: Stops
  /** Prints the block, and what is left. */
  readonly print: (line: string) => void
  /** Says what it does meanwhile. */
  readonly say: (line: string) => void
  /** Asks a person; undefined where there is none. */
  readonly ask: ((question: string, stop: AbortSignal) => Promise<string>) | undefined
}

/**
 * Asks whether to begin, unless it was said already.
 * @throws {CannotProceedError} without a yes
 */
export async function mustAgree({ yes }: ProbeOptions, { ask, stops }: Surroundings): Promise<void> {
  if (yes) return
  if (ask === undefined) {
    throw new CannotProceedError(
      '\nNothing was done: there is no terminal to ask on. Give --yes to begin without a question.',
    )
  }
  if (!/^y(es)?$/i.test((await ask('\nBegin? [y/N] ', stops.stop)).trim())) {
    throw new CannotProceedError('Nothing was done.')
  }
}
