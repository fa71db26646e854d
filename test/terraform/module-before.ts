import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildFunctions } from '../../scripts/build/bundle.ts'
import { root } from './template.ts'

const run = promisify(execFile)

/** The last commit whose deployments have one key. */
const commit = '549352ab6c668081f20368965b6a4d91700c5c4c'

/** Whether the history that is here reaches back to the module before there were several keys. */
export async function hasModuleBefore(): Promise<boolean> {
  return run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).then(
    () => true,
    () => false,
  )
}

/** Makes a folder with the module before there were several keys, and its functions built. The folder is the caller's to remove. */
export async function makeModuleBefore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-before-'))
  await run('bash', ['-euc', `git archive ${commit} | tar -x -C "$0"`, folder], { cwd: root })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await buildFunctions({ root: folder, outputFolder: join(folder, 'dist') })
  return folder
}

/** Puts the Terraform files and the built functions of one folder in place of those of another. */
export async function putModule(from: string, to: string): Promise<void> {
  const names = (await readdir(from)).filter(name => name.endsWith('.tf'))
  for (const name of [...names, 'dist']) await cp(join(from, name), join(to, name), { recursive: true })
}
