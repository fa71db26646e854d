import { inspect } from 'node:util'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Secret } from '../../functions/shared/secret.ts'

const planted = 'planted-2f0c9f6e'

/** Everything that a program may do to get text out of a value. */
function everyPrint(value: unknown): string {
  const lines: string[] = []
  pino({ level: 'trace' }, { write: line => lines.push(line) }).trace(
    { value, nested: { deep: [value] } },
    String(value),
  )
  const error = new Error('outer', { cause: value })
  const clone: unknown = structuredClone(value)
  const printed = [`${value}`, String(value), JSON.stringify({ value }), inspect(value, { depth: 9, showHidden: true })]
  const rest = [inspect(error), inspect(clone), JSON.stringify(clone), Object.entries(value ?? {}).join()]
  return [...printed, ...rest, ...lines].join('\n')
}

test('a secret prints as [secret] wherever it is put', () => {
  const printed = everyPrint(new Secret(planted))
  expect(printed).toContain('[secret]')
  expect(printed).not.toContain(planted)
})

test('plain text in the same places does appear, so the test above can fail', () => {
  expect(everyPrint(planted)).toContain(planted)
})

test('a secret gives its text to a caller of reveal', () => {
  expect(new Secret(planted).reveal()).toBe(planted)
})
