// A process on the clock, for its tests: says what its clocks show around a wait, and does what it is called for.
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const say = line => process.stdout.write(`${line}\n`)
const clocks = () => [Date.now(), performance.now(), process.uptime() * 1000]
const passed = before => clocks().map((now, index) => Math.round(now - before[index]))

const works = {
  '/hour': async () => {
    const before = clocks()
    await sleep(3_600_000)
    return passed(before).join()
  },
  '/limit': async () => {
    const before = clocks()
    // Nobody answers there: only the limit ends it.
    const hangs = fetch(process.env.HANGS, { signal: AbortSignal.timeout(50) })
    const name = await hangs.catch(error => error.name)
    return `${name} ${passed(before).join()}`
  },
  '/abort': async () => {
    const end = new AbortController()
    const waits = sleep(3_600_000, undefined, { signal: end.signal }).catch(error => error.name)
    await sleep(1_000)
    end.abort()
    return waits
  },
  '/two': async () => {
    sleep(7_200_000).then(() => say(`later at ${new Date().toISOString()}`))
    sleep(5_400_000).then(() => say(`sooner at ${new Date().toISOString()}`))
    return 'they wait'
  },
  '/value': async () => `${await sleep(10, 'given')} ${Math.random()}`,
}

const server = createServer(async (request, response) => response.end(await works[request.url]()))
server.listen(0, '127.0.0.1', () => say(`listens at ${server.address().port}`))
