import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import type { Extent, Outcome } from '../harness/proof.ts'
import type { Task } from './pool.ts'

/** The run that a journal belongs to. Pieces of another run, or of other code, do not count for it. */
interface JournalRun {
  readonly extent: Extent
  readonly seed: number
  readonly node: string
  /** The digest of the functions' sources and the lockfile. */
  readonly functions: string
}

interface Line {
  readonly proof: string
  readonly index: number
  readonly outcome: Outcome
  /** How long the run had taken by then, including earlier runs of the journal. */
  readonly durationMs: number
}

/** Stores the good pieces of a long run in a file, so that an interrupted or failed run can continue. */
export class Journal {
  readonly #path: string
  readonly #good = new Map<string, Outcome>()
  /** How long the earlier runs took. */
  readonly beforeMs: number

  /**
   * Opens a journal, or creates it.
   * @throws {CannotProceedError} if the file is not a journal, or one of other code, Node, extent or seed
   */
  constructor(path: string, run: JournalRun) {
    this.#path = path
    const [first, ...lines] = existsSync(path) ? read(path) : []
    if (first === undefined) appendFileSync(path, `${JSON.stringify(run)}\n`)
    else if (JSON.stringify(first) !== JSON.stringify(run)) {
      throw new CannotProceedError(
        'The journal belongs to a run with other code, Node, extent or seed: name a new file.',
      )
    }
    for (const { proof, index, outcome } of lines) this.#good.set(`${proof} ${index}`, outcome)
    this.beforeMs = lines.at(-1)?.durationMs ?? 0
  }

  /** The outcome of a piece in an earlier run, if it was good. */
  known({ proof, piece }: Task): Outcome | undefined {
    return this.#good.get(`${proof} ${piece.index}`)
  }

  /** Stores the outcome of a piece, unless it is bad: a bad piece is run again. */
  keep({ proof, piece }: Task, outcome: Outcome, durationMs: number): void {
    if (outcome.bad.length > 0) return
    const line: Line = { proof, index: piece.index, outcome, durationMs: this.beforeMs + durationMs }
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`)
  }
}

/** The digest of all sources of the functions and of the lockfile. */
export function digestOfFunctions(): string {
  const folder = fileURLToPath(new URL('../../../functions', import.meta.url))
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  const digest = createHash('sha256')
  for (const name of names.sort()) digest.update(`${name}\n${readFileSync(join(folder, name), 'utf8')}\n`)
  digest.update(readFileSync(join(folder, '..', 'package-lock.json')))
  return digest.digest('hex')
}

function read(path: string) {
  try {
    const text = readFileSync(path)
    // A killed run may have left half a line.
    const whole = text.lastIndexOf('\n') + 1
    const lines = text.toString('utf8', 0, whole).split('\n').slice(0, -1)
    const read = lines.map(line => JSON.parse(line))
    truncateSync(path, whole)
    return read
  } catch {
    throw new CannotProceedError('The journal cannot be read: it must be a file that an earlier run created.')
  }
}
