import { expect, test } from 'vitest'
import { type TaskResult, WorkerPool } from './pool.ts'

test('a process that ends during its piece gives a failure for the piece', { timeout: 60_000 }, async () => {
  const pool = new WorkerPool()
  const results: TaskResult[] = []
  const task = { proof: 'ten-years', piece: { index: 0, extent: 'share', seed: 1 } } as const
  const run = pool.run([task], { workers: 1, onResult: (_, result) => void results.push(result) })
  pool.kill()
  await run
  expect(results).toEqual([{ failure: 'the process that ran it ended (SIGKILL)' }])
})

test('a process that cannot run its piece reports that, and the next piece is run', { timeout: 60_000 }, async () => {
  const pool = new WorkerPool()
  const results: TaskResult[] = []
  const task = (proof: string, index: number) => ({ proof, piece: { index, extent: 'share', seed: 1 } }) as const
  try {
    const tasks = [task('there is none', 0), task('operator-forces', 0)]
    await pool.run(tasks, { workers: 1, onResult: (_, result) => void results.push(result) })
  } finally {
    pool.kill()
  }
  expect(results).toMatchObject([{ failure: 'there is no proof there is none' }, { outcome: { units: 2, bad: [] } }])
})
