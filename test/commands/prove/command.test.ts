import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Crew, type Told } from '../../proofs/runner/crew.ts'
import { root } from '../../support/built.ts'

interface Ended {
  readonly code: unknown
  readonly stdout: string
  readonly stderr: string
}

function prove(...args: readonly string[]): Promise<Ended> {
  return new Promise(resolve => {
    const command = ['--import', 'tsx', 'test/proofs/runner/prove.ts', ...args]
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    )
  })
}

test('npm run prove lives what is asked for, prints a table and writes the page', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prove-'))
  try {
    const output = join(folder, 'page.md')
    const { code, stdout } = await prove(
      '--only',
      'operator-forces',
      '--seed',
      '3',
      '--note',
      'So it was.',
      '--output',
      output,
    )
    expect(stdout).toMatch(/\| `operator-forces` \|.*\| 10 lives \| 0 \|/)
    expect(stdout).toContain('1 of 1 proofs held')
    expect(code).toBe(0)
    const page = await readFile(output, 'utf8')
    expect(page).toContain('from seed 3 on')
    expect(page).toContain('\n\nSo it was.\n\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each(['--output', '--journal'])(
  '%s in a folder that is not there is told before anything is lived',
  {
    timeout: 60_000,
  },
  async option => {
    const { code, stderr } = await prove('--only', 'soak', option, join(tmpdir(), 'no-such-folder', 'file'))
    expect([code, stderr]).toEqual([2, `${option} must name a file in a folder that is there and can be written to.\n`])
  },
)

test('an option that is wrong is told in one line, with 2', { timeout: 60_000 }, async () => {
  const { code, stderr } = await prove('--seed', 'x')
  expect([code, stderr]).toEqual([2, '--seed must be a whole number from 1 to 1000000000.\n'])
})

test('a process that dies over its piece is what came of the piece', { timeout: 60_000 }, async () => {
  const crew = new Crew()
  const told: Told[] = []
  const task = { proof: 'ten-years', piece: { index: 0, extent: 'share', seed: 1 } } as const
  const lived = crew.live([task], { workers: 1, told: (_, one) => void told.push(one) })
  crew.end()
  await lived
  expect(told).toEqual([{ failure: 'the process that lived it ended (SIGKILL)' }])
})

test('a process that cannot live its piece says so, and the next piece is lived', { timeout: 60_000 }, async () => {
  const crew = new Crew()
  const told: Told[] = []
  const task = (proof: string, index: number) => ({ proof, piece: { index, extent: 'share', seed: 1 } }) as const
  try {
    const tasks = [task('there is none', 0), task('operator-forces', 0)]
    await crew.live(tasks, { workers: 1, told: (_, one) => void told.push(one) })
  } finally {
    crew.end()
  }
  expect(told).toMatchObject([{ failure: 'there is no proof there is none' }, { outcome: { units: 2, bad: [] } }])
})
