import { describe, expect, test } from 'vitest'
import type { Outcome, Proof } from '../../proofs/harness/proof.ts'
import { page, proofTable } from '../../proofs/runner/page.ts'
import { standing } from '../../proofs/runner/progress.ts'
import { Tallies } from '../../proofs/runner/tally.ts'

const proof: Proof = {
  name: 'floods',
  does: 'floods | it',
  promises: 'nothing breaks',
  unit: 'lives',
  pieces: () => 3,
  live: async () => ({ units: 0, bad: [] }),
  remark: ({ asked = 0, 'most keys': keys = 0 }) => `${asked} asked, ${keys} keys at most`,
}

function tallied(...outcomes: readonly (Outcome | string)[]): Tallies {
  const tallies = new Tallies([proof], 'share')
  for (const [index, outcome] of outcomes.entries()) {
    const told = typeof outcome === 'string' ? { failure: outcome } : { outcome }
    tallies.add({ proof: 'floods', piece: { index, extent: 'share', seed: 1 } }, told)
  }
  return tallies
}

const good: Outcome = { units: 1_200, bad: [], figures: { asked: 4, 'most keys': 7, calls: 3_000 } }
const facts = {
  command: 'npm run prove',
  extent: 'share',
  seed: 5,
  versions: { Node: '24.0.0' },
  workers: 2,
  date: new Date('2026-03-01T12:00:00Z'),
  durationMs: 61_000,
} as const

describe('the table', () => {
  test('adds pieces up, takes the highest of what is the most, and breaks no line', () => {
    const table = proofTable(tallied(good, { ...good, figures: { asked: 1, 'most keys': 3, calls: 1 } }).all)
    expect(table.split('\n').at(-1)).toBe(
      '| `floods` | floods \\| it | nothing breaks | 2,400 lives | 0 | 5 asked, 7 keys at most; 3,001 calls to Scaleway |',
    )
  })

  test('counts a piece that could not be lived as bad', () => {
    expect(tallied(good, 'the process that lived it ended (SIGKILL)').all[0]).toMatchObject({
      units: 1_201,
      bad: 1,
      examples: [{ life: 'piece 1', violations: ['the process that lived it ended (SIGKILL)'] }],
    })
  })
})

describe('the page', () => {
  test('says that nothing broke, and what it ran with', () => {
    const text = page(tallied(good).all, facts)
    expect(text).toContain('**Nothing broke.**')
    expect(text).toContain('2026-03-01 for 1 min 01 s in 2 processes')
    expect(text).toContain('Node 24.0.0')
    expect(text).toContain('## What this does not prove')
    expect(text).not.toContain('## What broke')
  })

  test('says what broke, how to live it again, and the history', () => {
    const bad = [{ life: 'seed 17', violations: ['no consumer is refused: revision 3'], history: ['a line'] }]
    const text = page(tallied({ ...good, bad }).all, facts)
    expect(text).toContain('**1 broke: see below.**')
    expect(text).toContain('### floods: seed 17\n\n- no consumer is refused: revision 3\n\n```text\na line\n```')
  })

  test('shows the rows that a proof gives in the order of its pieces, a table for each kind', () => {
    const tallies = tallied(
      { units: 1, bad: [], rows: [{ rule: '3', bad: 1_000 }] },
      {
        units: 1,
        bad: [],
        rows: [
          { rule: '4', bad: 2 },
          { rule: '5', why: 'it is covered' },
        ],
      },
    )
    expect(page(tallies.all, facts)).toContain(
      '| rule | bad |\n| --- | --- |\n| 3 | 1,000 |\n| 4 | 2 |\n\n| rule | why |\n| --- | --- |\n| 5 | it is covered |',
    )
  })
})

test('progress tells the share of what is under way, and what is bad', () => {
  expect(standing(tallied(good).all)).toBe('0 of 1 proofs done, floods 33 %, 0 bad')
  expect(standing(tallied(good, good, 'no').all)).toBe('1 of 1 proofs done, 1 bad')
})
