import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allReadings, defaultReadings } from '../fake-scaleway/index.ts'
import { root } from '../support/built.ts'

/** The rows of the first table: by the switch that a row names, its readings, what we do and what settled it. */
const rows = new Map(
  readFileSync(join(root, 'docs/real-account.md'), 'utf8')
    .split('\n## ')[1]
    ?.split('\n')
    .filter(line => line.includes('<br>`'))
    .map(line => {
      const [fact = '', readings = '', ...cells] = line.split(/(?<!\\)\|/).slice(1, -1)
      return [/<br>`(\w+)`/.exec(fact)?.[1] ?? '', { readings, cells }]
    }),
)

test('every fact that the local Scaleway can take either way has a row, and no other', () => {
  expect([...rows.keys()]).toEqual(Object.keys(allReadings))
})

test.each(Object.entries(allReadings))(
  'the row of %s names its readings %j, and the default in bold',
  (fact, readings) => {
    const { readings: named = '', cells = [] } = rows.get(fact) ?? {}
    const codes = Array.from(named.matchAll(/(?:^|[; ])(?:\*\*)?`([^`]+)`/g), ([, code]) => code)
    expect(codes.filter(code => readings.some(reading => reading === code))).toEqual(readings)
    expect(Array.from(named.matchAll(/\*\*`([^`]+)`\*\*/g), ([, code]) => code)).toEqual([
      Object.entries(defaultReadings).find(([name]) => name === fact)?.[1],
    ])
    expect(cells.map(cell => cell.trim() !== '')).toEqual([true, true])
  },
)
