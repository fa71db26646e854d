import { expect, onTestFinished, test } from 'vitest'
import { readSmokeOptions } from '../../../scripts/smoke/options.ts'
import { smoke } from '../../../scripts/smoke/smoke.ts'
import { allReadings, type Readings } from '../../fake-scaleway/index.ts'
import { startDeployment } from './deployment.ts'

/** The built functions behind a gate, as smoke finds them: its exit code and its lines. */
async function smokeBehind(readings: Partial<Readings>, callerHeaders = ['X-Auth-Token', 'Authorization']) {
  const deployment = await startDeployment(readings)
  onTestFinished(deployment.close)
  const file = await deployment.write({ ...deployment.outputs, caller_headers: { value: callerHeaders } })
  const lines: string[] = []
  const options = readSmokeOptions(['--outputs', file, '--wait', '0'])
  const code = await smoke(options, { token: undefined, print: line => lines.push(line) })
  return { code, failures: lines.filter(line => line.startsWith('FAIL')), lines }
}

const dishonest = { gate: 'checks-first-passes-last' } as const

test.each(allReadings.credentialHeaders.filter(reading => reading !== 'neither'))(
  'everybody gets what is theirs, and nobody anything else, behind a gate that checks the first header and passes on the last, and of the credential headers %s',
  async credentialHeaders => {
    const { code, failures } = await smokeBehind({ ...dishonest, credentialHeaders })
    expect([code, failures]).toEqual([0, []])
  },
)

test('a gate that keeps both headers lets nobody in until X-Caller-Key is sent as well', async () => {
  const readings = { ...dishonest, credentialHeaders: 'neither' } as const
  const { code, lines } = await smokeBehind(readings)
  expect(code).toBe(1)
  expect(lines[1]).toContain('set send_caller_key = true')
  const withThird = await smokeBehind(readings, ['X-Auth-Token', 'Authorization', 'X-Caller-Key'])
  expect(withThird.failures).toEqual([])
})
