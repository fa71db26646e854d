import { parseArguments, readWaitSeconds } from '../cli/arguments.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { facts } from './settle/index.ts'

/** The options of `npm run probe`. */
export interface ProbeOptions {
  readonly help: boolean
  /** Begin without a question. */
  readonly yes: boolean
  /** Remove what earlier probes have left, and settle nothing. */
  readonly clean: boolean
  /** Names of the facts to settle. */
  readonly only: readonly string[]
  /** How long one thing of the platform is waited for. */
  readonly waitSeconds: number
}

/** What `--help` prints. */
export const probeHelp = `Settles on a real account what Scaleway does not document: makes a project of its own with throw-away identities, secrets
and one function, all named probe-…, tries each open fact, removes everything, and prints a Markdown block with the
results for docs/real-account.md. The block holds no id, no address and no secret. Asks before it makes anything.
Exit code: 0 if every fact was settled and nothing is left, 1 if not, 2 if it could not begin.

Usage: npm run probe [-- options]

  --yes             begin without a question
  --only FACT,…     settle these facts alone
  --wait SECONDS    how long to wait at most for one thing of the platform (default: 600)
  --clean           remove what earlier probes have left, and nothing else
  --help            print this

It works with the key in SCW_ACCESS_KEY, SCW_SECRET_KEY and SCW_DEFAULT_ORGANIZATION_ID, in the region of
SCW_DEFAULT_REGION (default: fr-par). SCW_API_URL is another Scaleway, such as that of npm run scaleway.
Ctrl-C ends it and removes everything; a second Ctrl-C also ends the removal, and lists what is left.

The facts, in their order:

${facts.map(({ name, title }) => `  ${name.padEnd(20)}${title}`).join('\n')}`

const options = {
  yes: { type: 'boolean' },
  clean: { type: 'boolean' },
  only: { type: 'string' },
  wait: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Parses the command line.
 * @throws {CannotProceedError} for an option that is unknown or malformed, and for a fact that is not on the list
 */
export function readProbeOptions(args: readonly string[]): ProbeOptions {
  const { help = false, yes = false, clean = false, only, wait = '600' } = parseArguments(args, options)
  if (clean && only !== undefined) throw new CannotProceedError('--clean settles no fact: leave --only out.')
  return { help, yes, clean, only: readOnly(only), waitSeconds: readWaitSeconds(wait) }
}

function readOnly(only: string | undefined): readonly string[] {
  const names = facts.map(({ name }) => name)
  if (only === undefined) return names
  const wanted = only.split(',').map(name => name.trim())
  if (wanted.some(name => !names.includes(name))) {
    throw new CannotProceedError(
      `--only must be names of facts with commas between them. Known are ${names.join(', ')}.`,
    )
  }
  return names.filter(name => wanted.includes(name))
}
