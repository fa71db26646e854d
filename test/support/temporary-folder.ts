import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for the temporary files of one command. */
export interface TemporaryFolder {
  /** The variable that makes a command use it. */
  readonly env: { readonly TMPDIR: string }
  /** What the command has put there and not removed; tsx, which keeps its own files, is left out. */
  left(): Promise<string[]>
  remove(): Promise<void>
}

/** Makes an empty temporary folder. */
export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'start-test-'))
  return {
    env: { TMPDIR: path },
    left: async () => (await readdir(path)).filter(name => name.startsWith('scaleway-')),
    remove: () => rm(path, { recursive: true }),
  }
}
