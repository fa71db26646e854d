import { describe, expect, test } from 'vitest'
import { readProveOptions } from '../../proofs/runner/options.ts'

const read = (...args: string[]) => readProveOptions(args, ['soak', 'load'])
const committed = { results: 'PROOF.md', mutations: 'docs/proof-mutations.md' }

describe('the options of npm run prove', () => {
  test('without any, a share of all proofs runs and no file is written', () => {
    expect(read()).toMatchObject({ extent: 'share', seed: 1, only: undefined, pages: undefined, help: false })
  })

  test.each([
    { args: ['--write'], extent: 'share' },
    { args: ['--full'], extent: 'full' },
    { args: ['--full', '--write'], extent: 'full' },
  ])('$args writes the committed pages', ({ args, extent }) => {
    expect(read(...args)).toMatchObject({ extent, pages: committed })
  })

  test('chosen proofs write no page, also in full', () => {
    expect(read('--only', 'load,soak')).toMatchObject({ only: ['load', 'soak'], pages: undefined })
    expect(read('--only', 'load', '--full')).toMatchObject({ extent: 'full', pages: undefined })
  })

  test('--output names other files, for all proofs or for chosen ones', () => {
    expect(read('--full', '--output', 'x.md').pages).toEqual({ results: 'x.md', mutations: 'x-mutations.md' })
    expect(read('--only', 'load', '--output', 'x.md', '--full', '--seed', '7', '--workers', '3')).toEqual({
      help: false,
      extent: 'full',
      seed: 7,
      only: ['load'],
      workers: 3,
      pages: { results: 'x.md', mutations: 'x-mutations.md' },
      journal: undefined,
      note: undefined,
    })
  })

  test.each([
    [['--only', 'sock'], '--only takes names of proofs: soak, load.'],
    [['--only', 'soak', '--write'], '--write needs all proofs: leave --only out, or use --output.'],
    [['--seed', '-1'], 'seed'],
    [['--seed', '0x10'], '--seed must be a whole number from 1 to 1000000000.'],
    [['--workers', '65'], '--workers must be a whole number from 1 to 64.'],
    [['--fast'], 'Known are --help, --full, --write, --only, --seed, --workers, --output, --journal and --note;'],
    [['soak'], 'An argument belongs to no option.'],
  ])('%j are refused with the expected form', (args, message) => {
    expect(() => read(...args)).toThrow(message)
  })
})
