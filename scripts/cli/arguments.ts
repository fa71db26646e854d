import { type ParseArgsConfig, parseArgs } from 'node:util'
import { CannotProceedError } from './cannot-proceed.ts'

/** The options of every command that finds a deployment. */
export const deploymentOptions = {
  dir: { type: 'string' },
  outputs: { type: 'string' },
  wait: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

/**
 * Parses the arguments of a command by its options. An error quotes no value: it may be a key in the wrong place.
 * @throws {CannotProceedError} for an option that is unknown or lacks its value; names the known options
 */
export function parseArguments<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  if (args.some(arg => /^--?token(=|$)/i.test(arg))) throw new CannotProceedError(noTokenOption)
  try {
    return parseArgs({ args: [...args], options, strict: true }).values
  } catch (error) {
    const known = listed(Object.keys(options))
    throw new CannotProceedError(`${whatIsWrong(error)}. Known are ${known}; through npm they follow a lone "--".`)
  }
}

/**
 * Reads a number of seconds.
 * @throws {CannotProceedError} when it is not a number up to 9999
 */
export function readWaitSeconds(wait: string): number {
  if (!/^\d{1,4}$/.test(wait)) throw new CannotProceedError('--wait must be a number of seconds up to 9999.')
  return Number(wait)
}

/** What is said to whoever gives a secret key as an option. */
export const noTokenOption =
  'A token is never an option: every user of this machine could read it in the list of processes. Put it into the environment variable TOKEN.'

function whatIsWrong(error: unknown): string {
  if (!(error instanceof Error)) return 'The options cannot be read'
  if ('code' in error && error.code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
    return 'An argument belongs to no option'
  }
  const [what = ''] = error.message.split(/\.(?:\s|$)|\n/)
  return what
}

function listed(names: readonly string[]): string {
  const options = names.map(name => `--${name}`)
  return `${options.slice(0, -1).join(', ')} and ${options.at(-1)}`
}
