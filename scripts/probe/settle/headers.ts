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
        ['X-Probe', 'probe-first'],
        ['X-Probe', 'probe-second'],
      ])
    const keyFirst = await twice(key.reveal(), 'probe-second')
    const keySecond = await twice('probe-second', key.reveal())
    const isHonest = passesTheKey(keyFirst, 'first') && passesTheKey(keySecond, 'first')
    return {
      reading: isHonest ? 'passes-on-what-it-checks' : 'checks-first-passes-last',
      detail: `with the key first: ${inWords(keyFirst)}; with the key second: ${inWords(keySecond)}`,
    }
  },
}

/** Of two `X-Auth-Token`, one a valid key and one a known word: is a caller that was let in shown as the key alone? */
function passesTheKey({ report }: Echoed, key: Report['token_seen']): boolean {
  if (report === undefined) return true
  if (report.token_seen !== 'none') return report.token_seen === key
  // The gate keeps the header to itself; how it passes on any other one says what it would have done.
  return report.probe_seen !== 'second'
}

function inWords({ status, report }: Echoed): string {
  if (report === undefined) return `refused with ${status}`
  const { token_seen: token, probe_seen: other } = report
  const shown = { none: 'no X-Auth-Token', first: 'the key', second: 'the other value', both: 'both values as one' }
  return `let in, the function sees ${shown[token]}, and of another header sent twice ${other === 'none' ? 'nothing' : other}`
}

function reported({ status, report }: Echoed): Report {
  if (report === undefined) throw new UnclearError(`the function was not reached: ${status}`)
  return report
}
