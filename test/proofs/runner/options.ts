import { availableParallelism } from 'node:os'
import { parseArguments } from '../../../scripts/cli/arguments.ts'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import { committedPages, type PageFiles, pagesAt } from './pages.ts'

/** The options of `npm run prove`. */
export interface ProveOptions {
  readonly help: boolean
  readonly extent: 'share' | 'full'
  /** Simulated runs are numbered from here. */
  readonly seed: number
  /** The names of the proofs to run; undefined runs all. */
  readonly only: readonly string[] | undefined
  /** How many processes run them. */
  readonly workers: number
  /** The files that the results are written to; undefined writes none. */
  readonly pages: PageFiles | undefined
  /** The file that stores finished work; undefined stores none. */
  readonly journal: string | undefined
  /** A sentence for the pages; undefined for none. */
  readonly note: string | undefined
}

/** What `--help` prints. */
export const proveHelp = `Proves the rotation: thousands of simulated runs with faults, crashes, lagging lists, overlapping runs and people who
edit manually, in which the invariants are checked after every call. Prints a table. Writes files only if asked to.
Exit code: 0 if every invariant held, 1 if not, 2 if it could not run. Needs no account.

Usage: npm run prove [-- options]

  --full            all of it, an hour or two on two cores, and write PROOF.md and docs/proof-mutations.md
                    (default: a share that takes some minutes)
  --write           write PROOF.md and docs/proof-mutations.md from a share as well
  --only NAME,NAME  run these proofs only, and write neither of the two
  --seed N          number the simulated runs from N (default: 1)
  --workers N       how many processes run them (default: one for each core)
  --output FILE     write the results to this file instead of PROOF.md, and the mutations to a file beside it
  --journal FILE    store finished work in this file, and continue from it if it exists
  --note TEXT       put this sentence on the pages
  --help            print this`

/**
 * Parses the command line. Takes the names of all proofs.
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readProveOptions(args: readonly string[], names: readonly string[]): ProveOptions {
  const given = parseArguments(args, {
    help: { type: 'boolean', short: 'h' },
    full: { type: 'boolean' },
    write: { type: 'boolean' },
    only: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string' },
    output: { type: 'string' },
    journal: { type: 'string' },
    note: { type: 'string' },
  })
  const only = given.only?.split(',')
  const unknown = only?.find(name => !names.includes(name))
  if (unknown !== undefined) throw new CannotProceedError(`--only takes names of proofs: ${names.join(', ')}.`)
  return {
    help: given.help ?? false,
    extent: given.full ? 'full' : 'share',
    seed: readNumber('seed', given.seed ?? '1', 1_000_000_000),
    only,
    workers: readNumber('workers', given.workers ?? String(availableParallelism()), 64),
    journal: given.journal,
    note: given.note,
    pages: pagesOf(given),
  }
}

/** The committed pages have the results of all proofs: a part of the proofs never replaces them. */
function pagesOf(given: { output?: string; only?: string; full?: boolean; write?: boolean }): PageFiles | undefined {
  if (given.output !== undefined) return pagesAt(given.output)
  if (given.only !== undefined) {
    if (given.write) throw new CannotProceedError('--write needs all proofs: leave --only out, or use --output.')
    return undefined
  }
  return given.full || given.write ? committedPages : undefined
}

function readNumber(option: string, text: string, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= max) return number
  throw new CannotProceedError(`--${option} must be a whole number from 1 to ${max}.`)
}
