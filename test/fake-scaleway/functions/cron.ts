import { Cron } from 'croner'
import type { Reply } from './forward.ts'
import type { Gateway } from './gateway.ts'

/** A CRON trigger of a function. */
export interface CronOptions {
  readonly name: string
  /** Five fields, read in UTC, which cannot be changed (docs/scaleway.md#cron-calls). */
  readonly schedule: string
  /** Sent as the body, as JSON. */
  readonly args: unknown
  readonly gateway: Pick<Gateway, 'call'>
  /** False: it is only fired manually. */
  readonly scheduled?: boolean
  /** Gets one line after each call. */
  readonly log?: (line: string) => void
}

/** A CRON trigger that runs until it is stopped. */
export interface CronTrigger {
  readonly name: string
  /** When it makes the next call, or would make the first one after another moment: also when it is stopped. */
  nextRun(after?: Date): Date | null
  /** Calls now, as the schedule would; gives what the function answered. */
  fire(): Promise<Reply>
  stop(): void
}

const fiveFields = /^[\w*,/-]+( [\w*,/-]+){4}$/

/**
 * Calls a function on a schedule: `POST /` with the args as the body, through the platform's own entrance, so that a
 * private function needs no token. No other header is set, because which ones the platform sets is not documented,
 * and nothing is retried, because nothing says that it would be (docs/scaleway.md#cron-calls).
 * @throws when the schedule is not a cron of five fields
 */
export function startCron(options: CronOptions): CronTrigger {
  const { name, schedule, args, gateway, scheduled = true, log = () => undefined } = options
  // croner alone would also take @monthly and dates; whether the platform does is unknown.
  if (!fiveFields.test(schedule)) throw new Error(`A schedule has five fields, this one does not:  ${schedule}`)
  const body = new TextEncoder().encode(JSON.stringify(args))
  const fire = async () => {
    const reply = await gateway.call({ method: 'POST', path: '/', body })
    log(`${name}: the function answered ${reply.status}`)
    return reply
  }
  const read = { mode: '5-part', timezone: 'UTC' } as const
  // One that is stopped says no more when it would have fired.
  const plan = new Cron(schedule, read)
  const cron = scheduled ? new Cron(schedule, read, () => fire().then(() => undefined)) : undefined
  return { name, nextRun: after => plan.nextRun(after), fire, stop: () => cron?.stop() }
}
