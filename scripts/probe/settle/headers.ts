import type { Echoed } from '../echo/echo.ts'
import type { Report } from '../echo/report.ts'
import type { Fact, Finding } from '../fact.ts'
import { UnclearError } from '../stage.ts'

/** Which headers with the caller's key reach a private function. */
export const credentialHeaders: Fact = {
  name: 'credentialHeaders',
  title: 'which credential headers reach a private function',
  needsFunction: true,
  async settle({ echo }) {
    const names = reported(await (await echo()).call()).header_names
    const hasToken = names.includes('x-auth-token')
    const hasAuthorization = names.includes('authorization')
    const only = hasToken ? 'x-auth-token' : hasAuthorization ? 'authorization' : 'neither'
    return {
      reading: hasToken && hasAuthorization ? 'both' : only,
      detail: `sent: X-Auth-Token and Authorization; arrived: ${names.filter(isPlain).sort().join(', ')}`,
    }
  },
}

/** A name that is made up for one request would say something of it. */
function isPlain(name: string): boolean {
  return /^[a-z]+(-[a-z]+)*$/.test(name)
}

/** Whether the gate passes on the value that it has checked. */
export const gate: Fact = {
  name: 'gate',
  title: 'whether the gate passes on the value that it checks',
  needsFunction: true,
  async settle({ echo }): Promise<Finding> {
    const { call, key } = await echo()
    const twice = (first: string, second: string) =>
      call({}, [
        ['X-Auth-Token', first],
        ['X-Auth-Token', second],
        ['X-Probe', 'probe-other'],
        ['X-Probe', 'probe-word'],
      ])
    const keyFirst = await twice(key.reveal(), 'probe-word')
    const keySecond = await twice('probe-word', key.reveal())
    const isHonest = passesTheKey(keyFirst) && passesTheKey(keySecond)
    return {
      reading: isHonest ? 'passes-on-what-it-checks' : 'checks-first-passes-last',
      detail: `with the key first: ${inWords(keyFirst)}; with the key second: ${inWords(keySecond)}`,
    }
  },
}

/** Of two `X-Auth-Token`, one a valid key and one a known word: is a caller that was let in shown as the key alone? */
function passesTheKey({ report }: Echoed): boolean {
  if (report === undefined) return true
  if (report.token_seen !== 'none') return report.token_seen === 'other'
  // The gate keeps the header to itself; how it passes on any other one says what it would have done.
  return report.probe_seen !== 'word'
}

const tokens = { none: 'no X-Auth-Token', word: 'the other value', other: 'the key', both: 'both values as one' }
const others = { none: 'nothing', word: 'the second value', other: 'the first value', both: 'both values as one' }

function inWords({ status, report }: Echoed): string {
  if (report === undefined) return `refused with ${status}`
  return `let in, the function sees ${tokens[report.token_seen]}, and of another header that is there twice ${others[report.probe_seen]}`
}

function reported({ status, report }: Echoed): Report {
  if (report === undefined) throw new UnclearError(`the function was not reached: ${status}`)
  return report
}
