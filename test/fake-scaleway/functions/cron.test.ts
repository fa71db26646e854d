import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Readings } from '../index.ts'
import { type CronOptions, startCron } from './cron.ts'
import { startFunction } from './function-process.ts'
import { startGateway } from './gateway.ts'
import { zipHandler } from './zip-handler.ts'

/** A gateway that records its calls, and answers the last of the given statuses from then on. */
function listeningGateway(...statuses: number[]) {
  const calls: string[] = []
  const call: CronOptions['gateway']['call'] = async ({ method, path, body }) => {
    calls.push(`${method} ${path} ${new TextDecoder().decode(body)}`)
    const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200
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

describe('how a call is delivered', () => {
  test.each<[Readings['cronDelivery'], { good: number; bad: number }]>([
    ['once', { good: 1, bad: 1 }],
    ['twice', { good: 2, bad: 2 }],
    ['never', { good: 0, bad: 0 }],
    ['repeated', { good: 1, bad: 3 }],
    ['cut-off', { good: 1, bad: 1 }],
  ])('%s', async (cronDelivery, { good, bad }) => {
    for (const [status, calls] of [
      [200, good],
      [500, bad],
    ] as const) {
      const gateway = listeningGateway(status)
      const cron = started({ schedule: '0 2 1 * *', gateway, readings: { cronDelivery } })
      expect(await cron.fire()).toMatchObject({ status: calls === 0 ? 0 : status })
      expect(gateway.calls).toHaveLength(calls)
    }
  })

  test('a repeated call ends with the first good answer', async () => {
    const gateway = listeningGateway(503, 200)
    const cron = started({ schedule: '0 2 1 * *', gateway, readings: { cronDelivery: 'repeated' } })
    expect(await cron.fire()).toMatchObject({ status: 200 })
    expect(gateway.calls).toHaveLength(2)
  })

  test('a caller that hangs up gets no answer, the function works on, and the next call gets in', async () => {
    vi.useRealTimers()
    const source = `
      let worked = 0
      let release
      export async function handle({ body }) {
        if (body === 'release') release()
        if (body === '{}') {
          await new Promise(resolve => { release = resolve })
          worked += 1
        }
        return { body: String(worked) }
      }`
    const slow = await startFunction({ zip: zipHandler(source), env: {} })
    onTestFinished(slow.stop)
    const gateway = await startGateway({
      functionUrl: slow.url,
      privacy: 'private',
      authority: { authorize: () => 'denied' },
      projectId: 'a project',
      timeoutSeconds: 10,
      maxScale: 1,
    })
    onTestFinished(gateway.close)
    const lines: string[] = []
    const cron = started({
      schedule: '0 2 1 * *',
      args: {},
      gateway,
      readings: { cronDelivery: 'cut-off' },
      patienceMilliseconds: 500,
      log: line => lines.push(line),
    })
    expect(await cron.fire()).toMatchObject({ status: 0 })
    expect(lines).toEqual(['monthly: the caller hung up'])
    const ask = async (what: string) => {
      const { body } = await gateway.call({ method: 'POST', path: '/', body: Buffer.from(what) })
      return Number(Buffer.from(body))
    }
    expect(await ask('how often')).toBe(0)
    await ask('release')
    await expect.poll(() => ask('how often')).toBe(1)
  })
})
