import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Outcome, Proof } from '../../proofs/harness/proof.ts'
import { mutationsPage } from '../../proofs/runner/mutations-page.ts'
import { pagesAt, writePages } from '../../proofs/runner/pages.ts'
import { standing } from '../../proofs/runner/progress.ts'
import { resultsPage, resultsTable } from '../../proofs/runner/results-page.ts'
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
    const result = typeof outcome === 'string' ? { failure: outcome } : { outcome }
    tallies.add({ proof: 'floods', piece: { index, extent: 'share', seed: 1 } }, result)
  }
  return tallies
}

const good: Outcome = { units: 1_200, bad: [], figures: { asked: 4, 'most keys': 7, calls: 3_000 } }
const rows: readonly Outcome[] = [
  { units: 1, bad: [], rows: [{ rule: '3', bad: 1_000 }] },
  {
    units: 1,
    bad: [],
    rows: [
      { rule: '4', bad: 2 },
      { rule: '5', 'why it stays': 'it is covered' },
    ],
  },
]
const facts = {
  command: 'npm run prove',
  extent: 'share',
  seed: 5,
  versions: { Node: '24.0.0' },
  workers: 2,
  date: new Date('2026-03-01T12:00:00Z'),
  durationMs: 61_000,
} as const

describe('the table of results', () => {
  test('adds up the pieces, takes the maximum of figures named “most”, and escapes the sign of a column', () => {
    const table = resultsTable(tallied(good, { ...good, figures: { asked: 1, 'most keys': 3, calls: 1 } }).all)
    expect(table.split('\n').at(-1)).toBe(
      '| `floods` | floods \\| it | nothing breaks | 2,400 lives | 0 | 5 asked, 7 keys at most; 3,001 calls to Scaleway |',
    )
  })

  test('counts a piece that could not be run as bad', () => {
    expect(tallied(good, 'the process that ran it ended (SIGKILL)').all[0]).toMatchObject({
      units: 1_201,
      bad: 1,
      examples: [{ life: 'piece 1', violations: ['the process that ran it ended (SIGKILL)'] }],
    })
  })
})

describe('the page of results', () => {
  test('says that nothing broke, and which versions ran', () => {
    const text = resultsPage(tallied(good).all, facts, undefined)
    expect(text).toContain('**Nothing broke.**')
    expect(text).toContain('2026-03-01 for 1 min 01 s in 2 processes')
    expect(text).toContain('Node 24.0.0')
    expect(text).toContain('## What this does not prove')
    expect(text).not.toContain('## What broke')
    expect(text).not.toContain('Every mutation')
  })

  test('says what broke, how to repeat it, and the history', () => {
    const bad = [{ life: 'seed 17', violations: ['no consumer is refused: revision 3'], history: ['a line'] }]
    const text = resultsPage(tallied({ ...good, bad }).all, facts, undefined)
    expect(text).toContain('**1 broke: see below.**')
    expect(text).toContain('### floods: seed 17\n\n- no consumer is refused: revision 3\n\n```text\na line\n```')
  })

  test('has no rows of the mutations, but a link to them', () => {
    const text = resultsPage(tallied(...rows).all, facts, 'docs/proof-mutations.md')
    expect(text).toContain('[the mutations](docs/proof-mutations.md)')
    expect(text).not.toContain('| rule |')
  })
})

describe('the page of the mutations', () => {
  test('lists the rows in the order of the pieces, and those that change nothing alone in a table of their own', () => {
    const text = mutationsPage(tallied(...rows).all, facts, '../PROOF.md')
    expect(text).toContain('[the results](../PROOF.md)')
    expect(text).toMatch(
      /^## Rules and clauses that are needed\n\n.*\n\n\| rule \| bad \|\n\| --- .*\n\| 3 \| 1,000 \|\n\| 4 \| 2 \|$/m,
    )
    expect(text).toMatch(
      /^## Clauses that change nothing alone\n\n.*\n\n\| rule \| why it stays \|\n\| --- .*\n\| 5 \| it is covered \|$/m,
    )
  })

  test('does not exist without rows', () => {
    expect(mutationsPage(tallied(good).all, facts, '../PROOF.md')).toBeUndefined()
  })
})

describe('writing the pages', () => {
  test('gives two files that link to each other', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'docs'))
    const files = { results: join(folder, 'PROOF.md'), mutations: join(folder, 'docs/proof-mutations.md') }
    await writePages(files, tallied(...rows).all, facts)
    expect(await readFile(files.results, 'utf8')).toContain('(docs/proof-mutations.md)')
    expect(await readFile(files.mutations, 'utf8')).toContain('(../PROOF.md)')
  })

  test('gives one file if no proof has rows', async () => {
    const folder = await temporaryFolder()
    await writePages(pagesAt(join(folder, 'x.md')), tallied(good).all, facts)
    expect(await readdir(folder)).toEqual(['x.md'])
  })
})

test('progress shows the share of each unfinished proof, and the number of failures', () => {
  expect(standing(tallied(good).all)).toBe('0 of 1 proofs done, floods 33 %, 0 bad')
  expect(standing(tallied(good, good, 'no').all)).toBe('1 of 1 proofs done, 1 bad')
})

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}
