import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { TimeMachine } from '../../../scripts/page/clock/time-machine.ts'
import { startGateway } from '../../fake-scaleway/functions/gateway.ts'

const startAt = new Date('2026-01-30T08:00:00.000Z')
const hourMs = 3_600_000
const ends: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

describe('a process on the clock', () => {
  test('waits in logical time alone, and all of its clocks agree on how long', async () => {
    const { machine, call } = await startSleeper()
    await machine.takeOver()
    expect(await machine.until(call('/hour'))).toBe('3600000,3600000,3600000')
    expect(machine.now().toISOString()).toBe('2026-01-30T09:00:00.000Z')
  })

  test('ends its waits in the order in which they are due, each at its own time', async () => {
    const { machine, call, lines } = await startSleeper()
    await machine.takeOver()
    await machine.until(call('/two'))
    while (await machine.step(startAt.getTime() + 3 * hourMs));
    expect(lines).toEqual(['sooner at 2026-01-30T09:30:00.000Z', 'later at 2026-01-30T10:00:00.000Z'])
    expect(machine.now().toISOString()).toBe('2026-01-30T11:00:00.000Z')
  })

  test('has a limit in real time: a call that hangs ends while logical time stands still', async () => {
    const { machine, call } = await startSleeper()
    await machine.takeOver()
    expect(await machine.until(call('/limit'))).toBe('TimeoutError 0,0,0')
    expect(machine.nowMs).toBe(startAt.getTime())
  })

  test('can abort a wait, and gets the value of one that ended', async () => {
    const { machine, call } = await startSleeper()
    await machine.takeOver()
    expect(await machine.until(call('/abort'))).toBe('AbortError')
    expect(machine.nowMs).toBe(startAt.getTime() + 1_000)
    expect(await machine.until(call('/value'))).toMatch(/^given 0\.\d+$/)
  })

  test('has the machine’s time before the clock takes over, and takes its waits along', async () => {
    const { machine, call } = await startSleeper()
    expect(await call('/value')).toMatch(/^given/)
    const answer = call('/hour')
    await machine.takeOver()
    const answered = await machine.until(answer)
    expect(answered.split(',').map(ms => Math.round(Number(ms) / 60_000))).toEqual([expect.any(Number), 60, 60])
  })

  test('draws the same random numbers where the seed is the same', async () => {
    const drawn = await Promise.all(
      [5, 5, 6].map(async seed => {
        const { machine, call } = await startSleeper(seed)
        await machine.takeOver()
        return machine.until(call('/value'))
      }),
    )
    expect(drawn[0]).toBe(drawn[1])
    expect(drawn[0]).not.toBe(drawn[2])
  })
})

describe('the clock', () => {
  test('rings an alarm at its moment, before a wait that is due then, and waits for what it does', async () => {
    const { machine, call, lines } = await startSleeper()
    await machine.takeOver()
    await machine.until(call('/two'))
    const rung: string[] = []
    const atMs = startAt.getTime() + 1.5 * hourMs
    machine.at(atMs, async () => {
      await new Promise(resolve => setTimeout(resolve, 20))
      rung.push(`${machine.now().toISOString()} ${lines.length}`)
    })
    const callOff = machine.at(atMs, () => void rung.push('never'))
    callOff()
    await machine.step(Number.POSITIVE_INFINITY)
    expect(rung).toEqual(['2026-01-30T09:30:00.000Z 0'])
  })

  test('goes no further than it is told, and says that nothing was due', async () => {
    const { machine } = await startSleeper()
    await machine.takeOver()
    expect(await machine.step(startAt.getTime() + hourMs)).toBe(false)
    expect(machine.now().toISOString()).toBe('2026-01-30T09:00:00.000Z')
  })

  test('takes no process that does not know its token', async () => {
    const { machine } = await startSleeper()
    const socket = connect(Number(machine.environment('stranger').CLOCK_PORT), '127.0.0.1')
    socket.write('guessed rotation\n')
    const [hadError] = await once(socket.resume(), 'close')
    expect(hadError).toBe(false)
    await machine.takeOver()
    await machine.settle()
  })
})

/** Starts the process behind a gateway, as a function is. */
async function startSleeper(seed = 1) {
  const machine = await TimeMachine.start({ seed, startAt })
  ends.push(() => machine.close())
  const hanging = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  ends.push(() => {
    hanging.close()
    hanging.closeAllConnections()
  })
  const child = spawn(process.execPath, [fileURLToPath(new URL('./sleeper.mjs', import.meta.url))], {
    env: { ...machine.environment('sleeper'), HANGS: urlOf(hanging.address()) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  ends.push(async () => {
    child.kill()
    await exited
  })
  const lines: string[] = []
  const read = createInterface({ input: child.stdout })
  const [first] = await once(read, 'line')
  read.on('line', line => lines.push(line))
  const gateway = await startGateway({
    functionUrl: `http://127.0.0.1:${String(first).split(' ').at(-1)}`,
    privacy: 'public',
    authority: { authorize: () => 'denied' },
    projectId: '',
    timeoutSeconds: 30,
    maxScale: 1,
    watch: machine.watch('sleeper'),
  })
  ends.push(gateway.close)
  const call = async (path: string) => (await fetch(`${gateway.url}${path}`)).text()
  return { machine, call, lines }
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : ''
}
