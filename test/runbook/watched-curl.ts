import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Stack } from './stack.ts'

/** Gives the environment in which every call of curl is noted with its arguments, as the list of processes would show it. */
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
