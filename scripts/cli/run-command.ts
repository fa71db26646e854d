import { CannotProceedError } from './cannot-proceed.ts'

/** A command that does its work and ends. */
interface Command<Options extends { readonly help: boolean }> {
  /** What `--help` prints. */
  readonly help: string
  /** Reads the command line. Throws a `CannotProceedError` for what it does not know. */
  readonly readOptions: (args: readonly string[]) => Options
  /** Does the work and gives the exit code. Throws a `CannotProceedError` when it cannot be done. */
  readonly run: (options: Options) => Promise<number>
}

/**
 * Runs a command and sets the exit code of the process: 0 after `--help`, 2 when the command cannot proceed (with one
 * line on stderr that says why), else what the work gives. Any other error is a bug and is thrown.
 */
export async function runCommand<Options extends { readonly help: boolean }>(command: Command<Options>): Promise<void> {
  process.exitCode = await exitCode(command).catch((error: unknown) => {
    if (!(error instanceof CannotProceedError)) throw error
    console.error(error.message)
    return 2
  })
}

async function exitCode<Options extends { readonly help: boolean }>({ help, readOptions, run }: Command<Options>) {
  const options = readOptions(process.argv.slice(2))
  if (!options.help) return run(options)
  console.log(help)
  return 0
}
