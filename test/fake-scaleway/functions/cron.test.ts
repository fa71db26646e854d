import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type CronOptions, startCron } from './cron.ts'

/** A gateway that records its calls. */
function listeningGateway(status = 200) {
  const calls: string[] = []
  const call: CronOptions['gateway']['call'] = async ({ method, path, body }) => {
    calls.push(`${method} ${path} ${new TextDecoder().decode(body)}`)
    return { status, headers: {}, body: new Uint8Array() }
  }
  return { calls, call }
}

function started(options: Pick<CronOptions, 'schedule' | 'gateway'> & Partial<CronOptions>) {
  const cron = startCron({ name: 'monthly', args: { action: 'rotate' }, ...options })
  onTestFinished(cron.stop)
  return cron
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-30T23:58:30Z') })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

test('a CRON posts its args to the root of the function when its minute comes, and only then', async () => {
  const gateway = listeningGateway()
  started({ schedule: '59 23 * * *', gateway })
  await vi.advanceTimersByTimeAsync(29_000)
  expect(gateway.calls).toEqual([])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(gateway.calls).toEqual(['POST / {"action":"rotate"}'])
})

test('a schedule is read in UTC, wherever the machine is', () => {
  vi.stubEnv('TZ', 'Asia/Tokyo')
  const cron = started({ schedule: '0 2 1 * *', gateway: listeningGateway() })
  expect(cron.nextRun()).toEqual(new Date('2026-12-01T02:00:00Z'))
})

test('day of month and day of week are alternatives when both are set', () => {
  const cron = started({ schedule: '0 0 15 * 3', gateway: listeningGateway() })
  expect(cron.nextRun()).toEqual(new Date('2026-12-02T00:00:00Z'))
})

test('a CRON fired manually makes the same call and its outcome is logged', async () => {
  const gateway = listeningGateway(503)
  const lines: string[] = []
  const cron = started({ schedule: '0 2 1 * *', gateway, log: line => lines.push(line) })
  expect(await cron.fire()).toMatchObject({ status: 503 })
  expect(gateway.calls).toEqual(['POST / {"action":"rotate"}'])
  expect(lines).toEqual(['monthly: the function answered 503'])
})

test('a stopped CRON makes no more calls', async () => {
  const gateway = listeningGateway()
  started({ schedule: '* * * * *', gateway }).stop()
  await vi.advanceTimersByTimeAsync(180_000)
  expect(gateway.calls).toEqual([])
})

test.each(['0 2 1 *', '0 0 2 1 * *', '@monthly'])(
  'the schedule "%s" is refused, because it does not have five fields',
  schedule => {
    expect(() => started({ schedule, gateway: listeningGateway() })).toThrow()
  },
)
