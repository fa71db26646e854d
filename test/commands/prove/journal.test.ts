import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Journal } from '../../proofs/runner/journal.ts'

const run = { extent: 'full', seed: 1, node: '24.0.0', functions: 'a digest' } as const
const task = (index: number) => ({ proof: 'floods', piece: { index, extent: 'full', seed: 1 } }) as const
const good = { units: 2, bad: [], figures: { calls: 3 } }
const bad = { units: 2, bad: [{ life: 'seed 1', violations: ['it broke'], history: [] }] }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a run continues from the good pieces of the run before, and runs the bad ones again', () => {
  const path = join(folder, 'one.jsonl')
  const first = new Journal(path, run)
  first.keep(task(0), good, 1_000)
  first.keep(task(1), bad, 2_000)
  first.keep(task(2), good, 3_000)
  const second = new Journal(path, run)
  expect([0, 1, 2, 3].map(index => second.known(task(index)))).toEqual([good, undefined, good, undefined])
  expect(second.beforeMs).toBe(3_000)
  second.keep(task(1), good, 500)
  expect(new Journal(path, run).beforeMs).toBe(3_500)
})

test('half a line, as a killed run leaves it, is discarded', async () => {
  const path = join(folder, 'half.jsonl')
  new Journal(path, run).keep(task(0), good, 1_000)
  await appendFile(path, '{"proof":"flo')
  const second = new Journal(path, run)
  expect(second.known(task(0))).toEqual(good)
  second.keep(task(1), good, 1_000)
  expect(new Journal(path, run).known(task(1))).toEqual(good)
})

test.each([{ seed: 2 }, { node: '20.19.0' }, { functions: 'another digest' }, { extent: 'share' } as const])(
  'the journal of a run that differs in %j is refused',
  differing => {
    const path = join(folder, `${Object.keys(differing)}.jsonl`)
    new Journal(path, run)
    expect(() => new Journal(path, { ...run, ...differing })).toThrow('name a new file')
  },
)

test('a file that is not a journal is refused', async () => {
  const path = join(folder, 'none.jsonl')
  await writeFile(path, 'no journal\n')
  expect(() => new Journal(path, run)).toThrow('The journal cannot be read')
})
