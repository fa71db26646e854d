import { pino } from 'pino'
import { expect, test } from 'vitest'
import { lineLog } from '../../functions/retrieval/log.ts'
import type { logLevels } from '../../functions/shared/log.ts'
import { Secret } from '../../functions/shared/secret.ts'

function lines(level: (typeof logLevels)[number]) {
  const written: string[] = []
  const log = lineLog({ level, write: line => written.push(line), nowMs: () => 1_700_000_000_000 })
  return { log, written }
}

test('a line has the names, the numbers and the order of one that pino writes', () => {
  const { log, written } = lines('trace')
  const byPino: string[] = []
  const sameByPino = pino(
    { base: null, timestamp: () => ',"time":1700000000000' },
    { write: line => void byPino.push(line) },
  )
  for (const either of [log, sameByPino]) {
    either.info({ revision: 7, absent: undefined }, 'key given')
    either.warn({ text: 'a\nb "c"' }, 'no key given')
    either.error({}, 'call failed')
  }
  expect(written).toEqual(byPino)
})

test.each([
  { level: 'trace', heard: ['info', 'warn', 'error'] },
  { level: 'info', heard: ['info', 'warn', 'error'] },
  { level: 'warn', heard: ['warn', 'error'] },
  { level: 'error', heard: ['error'] },
  { level: 'silent', heard: [] },
] as const)('at level $level these are written: $heard', ({ level, heard }) => {
  const { log, written } = lines(level)
  for (const at of ['info', 'warn', 'error'] as const) log[at]({}, at)
  expect(written.map(line => JSON.parse(line).msg)).toEqual(heard)
})

test('a secret in a field is not written', () => {
  const { log, written } = lines('trace')
  log.info({ key: new Secret('planted'), deep: [{ key: new Secret('planted') }] }, 'line')
  expect(written.join('')).not.toContain('planted')
})
