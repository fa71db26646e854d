// Runs as the probe's own function. It answers no value that it got: only names of headers, lengths and counts.

/** What the platform hands to a function. */
interface Event {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a call may ask for. */
interface Asked {
  readonly sleep_ms?: unknown
  readonly status?: unknown
  /** The name of the CRON that calls. */
  readonly cron?: unknown
}

/** How many calls of one CRON have begun, and how many the function has worked off. */
interface CronCalls {
  readonly begun: number
  readonly done: number
}

const instance = crypto.randomUUID()
const crons = new Map<string, CronCalls>()
const longestSleepMs = 110_000

/** The function that the platform calls. */
export async function handle(event: Event): Promise<object> {
  const { cron, sleep_ms, status } = read(event.body)
  const name = typeof cron === 'string' ? cron : undefined
  if (name !== undefined) count(name, { begun: 1, done: 0 })
  if (typeof sleep_ms === 'number') await sleep(Math.min(sleep_ms, longestSleepMs))
  if (name !== undefined) count(name, { begun: 0, done: 1 })
  const headers = event.headers ?? {}
  return {
    statusCode: typeof status === 'number' ? status : 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      instance,
      crons: Object.fromEntries(crons),
      header_names: Object.keys(headers).map(header => header.toLowerCase()),
      token_seen: seen(headerOf(headers, 'x-auth-token')),
      probe_seen: seen(headerOf(headers, 'x-probe')),
      value_length: process.env.PROBE_VALUE?.length ?? 0,
    }),
  }
}

function count(name: string, { begun, done }: CronCalls): void {
  const before = crons.get(name) ?? { begun: 0, done: 0 }
  crons.set(name, { begun: before.begun + begun, done: before.done + done })
}

function read(body: string | undefined): Asked {
  try {
    const parsed: unknown = JSON.parse(body ?? '')
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
}

/** Which of two values of one header arrived: a word that everybody may know, or the other one. */
function seen(value: string | undefined): 'none' | 'word' | 'other' | 'both' {
  if (value === undefined) return 'none'
  if (value === 'probe-word') return 'word'
  return value.includes('probe-word') ? 'both' : 'other'
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
