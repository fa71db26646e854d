import { describe, expect, test } from 'vitest'
import { readProveOptions } from '../../proofs/runner/options.ts'

const read = (...args: string[]) => readProveOptions(args, ['soak', 'load'])

describe('the options of npm run prove', () => {
  test('are a share of all proofs, written to PROOF.md, when none is given', () => {
    expect(read()).toMatchObject({ extent: 'share', seed: 1, only: undefined, output: 'PROOF.md', help: false })
  })

  test('choose proofs, whose table is not written unless a file is named', () => {
    expect(read('--only', 'load,soak')).toMatchObject({ only: ['load', 'soak'], output: undefined })
    expect(read('--only', 'load', '--output', 'x.md', '--full', '--seed', '7', '--workers', '3')).toEqual({
      help: false,
      extent: 'full',
      seed: 7,
      only: ['load'],
      workers: 3,
      output: 'x.md',
      journal: undefined,
      note: undefined,
    })
  })

  test.each([
    [['--only', 'sock'], '--only takes names of proofs: soak, load.'],
    [['--seed', '-1'], 'seed'],
    [['--seed', '0x10'], '--seed must be a whole number from 1 to 1000000000.'],
    [['--workers', '65'], '--workers must be a whole number from 1 to 64.'],
    [['--fast'], 'Known are --help, --full, --only, --seed, --workers, --output, --journal and --note.'],
    [['soak'], 'There is an argument that belongs to no option.'],
  ])('%j are refused with what was expected', (args, message) => {
    expect(() => read(...args)).toThrow(message)
  })
})
