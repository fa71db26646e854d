import { Cron } from 'croner'
import { defaultReadings, type Readings } from '../readings.ts'
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
  /** How a call is delivered; once when left out. */
  readonly readings?: Pick<Readings, 'cronDelivery'>
  /** When a caller hangs up that does; after 60 s when left out. */
  readonly patienceMilliseconds?: number
  /** Gets one line after each call. */
  readonly log?: (line: string) => void
}

/** A CRON trigger that runs until it is stopped. */
export interface CronTrigger {
  readonly name: string
  /** When it makes the next call, or would make the first one after another moment: also when it is stopped. */
  nextRun(after?: Date): Date | null
  /** Calls now, as the schedule would; gives what the function answered, with status 0 when no answer came. */
  fire(): Promise<Reply>
  stop(): void
}

const fiveFields = /^[\w*,/-]+( [\w*,/-]+){4}$/

const noAnswer: Reply = { status: 0, headers: {}, body: new Uint8Array() }
const mostDeliveries = 3

/**
 * Calls a function on a schedule: `POST /` with the args as the body, through the platform's own entrance, so that a
 * private function needs no token. No other header is set, because which ones the platform sets is not documented. Whether
 * a call is delivered once is not either (docs/scaleway.md#cron-calls).
 * @throws when the schedule is not a cron of five fields
 */
export function startCron(options: CronOptions): CronTrigger {
  const { name, schedule, args, gateway, scheduled = true, log = () => undefined } = options
  const { readings = defaultReadings, patienceMilliseconds = 60_000 } = options
  // croner alone would also take @monthly and dates; whether the platform does is unknown.
  if (!fiveFields.test(schedule)) throw new Error(`A schedule has five fields, this one does not:  ${schedule}`)
  const body = new TextEncoder().encode(JSON.stringify(args))
  const call = async (signal?: AbortSignal) => {
    const reply = await gateway.call({ method: 'POST', path: '/', body }, signal)
    log(signal?.aborted ? `${name}: the caller hung up` : `${name}: the function answered ${reply.status}`)
    return signal?.aborted ? noAnswer : reply
  }
  const fire = () => deliver(readings.cronDelivery, call, patienceMilliseconds)
  const read = { mode: '5-part', timezone: 'UTC' } as const
  // One that is stopped says no more when it would have fired.
  const plan = new Cron(schedule, read)
  const cron = scheduled ? new Cron(schedule, read, () => fire().then(() => undefined)) : undefined
  return { name, nextRun: after => plan.nextRun(after), fire, stop: () => cron?.stop() }
}

async function deliver(
  delivery: Readings['cronDelivery'],
  call: (signal?: AbortSignal) => Promise<Reply>,
  patienceMilliseconds: number,
): Promise<Reply> {
  switch (delivery) {
    case 'once':
      return call()
    case 'twice': {
      const [first] = await Promise.all([call(), call()])
      return first
    }
    case 'never':
      return noAnswer
    case 'repeated': {
      let reply = await call()
      for (let made = 1; made < mostDeliveries && reply.status >= 300; made += 1) reply = await call()
      return reply
    }
    case 'cut-off':
      return call(AbortSignal.timeout(patienceMilliseconds))
  }
}
