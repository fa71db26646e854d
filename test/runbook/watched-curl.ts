import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Stack } from './stack.ts'

/** Gives an environment in which the arguments of every call of curl are recorded, as the list of processes would show them. */
export async function watchCurl({ env }: Pick<Stack, 'env'>) {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-curl-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const curl = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim()
  const file = join(folder, 'curl')
  await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${folder}/arguments'\nexec '${curl}' "$@"\n`)
  await chmod(file, 0o755)
  return {
    env: { PATH: `${folder}:${env.PATH}` },
    arguments: () => readFile(join(folder, 'arguments'), 'utf8'),
  }
}
