import { expect, onTestFinished, test } from 'vitest'
import { readSmokeOptions } from '../../../scripts/smoke/options.ts'
import { smoke } from '../../../scripts/smoke/smoke.ts'
import type { Gate } from '../../fake-scaleway/functions/gate.ts'
import { startDeployment } from './deployment.ts'

/** The built functions behind a gate, as smoke finds them: its exit code and its lines. */
async function smokeBehind(gate: Partial<Gate>, callerHeaders = ['X-Auth-Token', 'Authorization']) {
  const deployment = await startDeployment(gate)
  onTestFinished(deployment.close)
  const file = await deployment.write({ ...deployment.outputs, caller_headers: { value: callerHeaders } })
  const lines: string[] = []
  const options = readSmokeOptions(['--outputs', file, '--wait', '0'])
  const code = await smoke(options, { token: undefined, print: line => lines.push(line) })
  return { code, failures: lines.filter(line => line.startsWith('FAIL')), lines }
}

const dishonest = { duplicates: 'first-checked-last-passed', dropsConnectionNamed: true } as const

test.each<[string, Partial<Gate>]>([
  ['checks the first header, passes on the last, and drops what Connection names', dishonest],
  ['joins doubled headers and drops what Connection names', { dropsConnectionNamed: true }],
  ['keeps X-Auth-Token to itself', { ...dishonest, keeps: ['X-Auth-Token'] }],
  ['keeps Authorization to itself', { ...dishonest, keeps: ['Authorization'] }],
])('everybody gets what is theirs, and nobody anything else, behind a gate that %s', async (_, gate) => {
  const { code, failures } = await smokeBehind(gate)
  expect([code, failures]).toEqual([0, []])
})

test('a gate that keeps both headers lets nobody in until X-Caller-Key is sent as well', async () => {
  const gate = { ...dishonest, keeps: ['X-Auth-Token', 'Authorization'] }
  const { code, lines } = await smokeBehind(gate)
  expect(code).toBe(1)
  expect(lines[1]).toContain('set send_caller_key = true')
  const withThird = await smokeBehind(gate, ['X-Auth-Token', 'Authorization', 'X-Caller-Key'])
  expect(withThird.failures).toEqual([])
})
