import { availableParallelism } from 'node:os'
import { parseArguments } from '../../../scripts/cli/arguments.ts'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'

/** What a person asked for on the command line. */
export interface ProveOptions {
  readonly help: boolean
  readonly extent: 'share' | 'full'
  /** Lives are numbered on from here. */
  readonly seed: number
  /** The names of the proofs to live; all when left out. */
  readonly only: readonly string[] | undefined
  /** How many processes live them. */
  readonly workers: number
  /** The file that the table is written to; none when left out. */
  readonly output: string | undefined
  /** The file that keeps what is done; none when left out. */
  readonly journal: string | undefined
  /** A sentence for the page; none when left out. */
  readonly note: string | undefined
}

/** What `--help` prints. */
export const proveHelp = `Proves the rotation: lives thousands of lives with faults, deaths, lists that lag, runs side by side and people who
edit by hand, and checks after every call that what must hold does. Prints a table and writes it to PROOF.md.
Ends with 0 when everything held, with 1 when not, with 2 when it could not be done. Needs no account.

Usage: npm run prove [-- options]

  --full            all of it, an hour or two on two cores (a share of some minutes when left out)
  --only NAME,NAME  these proofs alone; nothing is written to PROOF.md
  --seed N          number the lives on from N (1)
  --workers N       how many processes live them (one for each core)
  --output FILE     write the table to this file
  --journal FILE    keep what is done in this file and, if it is there already, go on from it
  --note TEXT       put this sentence on the page
  --help            print this`

/**
 * Reads the command line. Takes the names of the proofs that there are.
 * @throws {CannotProceedError} for an option that is unknown or malformed
 */
export function readProveOptions(args: readonly string[], names: readonly string[]): ProveOptions {
  const given = parseArguments(args, {
    help: { type: 'boolean', short: 'h' },
    full: { type: 'boolean' },
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
    output: given.output ?? (only === undefined ? 'PROOF.md' : undefined),
  }
}

function readNumber(option: string, text: string, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= most) return number
  throw new CannotProceedError(`--${option} must be a whole number from 1 to ${most}.`)
}
