import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildFunctions } from '../../scripts/build/bundle.ts'
import { root } from './template.ts'

const run = promisify(execFile)

/** What an upgrade is tried from: 0.1.0, the last module of one key, the last with the provider block in it. */
export const commits = {
  first: '98e1fd77bb1343f526402757052afe5562ced1a3',
  oneKey: '549352ab6c668081f20368965b6a4d91700c5c4c',
  providerInside: '4f688269b26d0b14dbdb1164354fc4df226d1ea9',
} as const

/** Whether the history that is here reaches back to these commits. */
export async function hasModulesBefore(): Promise<boolean> {
  const looks = Object.values(commits).map(commit =>
    run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }),
  )
  return Promise.all(looks).then(
    () => true,
    () => false,
  )
}

/** Makes a folder with the module of a commit, and its functions built. The folder is the caller's to remove. */
export async function makeModuleBefore(commit: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-before-'))
  await run('bash', ['-euc', `git archive ${commit} | tar -x -C "$0"`, folder], { cwd: root })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await buildFunctions({ root: folder, outputFolder: join(folder, 'dist') })
  return folder
}

/** Puts the Terraform files and the built functions of one folder in place of those of another, as `git pull` does. */
export async function putModule(from: string, to: string): Promise<void> {
  const ofModule = async (folder: string) => (await readdir(folder)).filter(name => name.endsWith('.tf'))
  for (const name of await ofModule(to)) await rm(join(to, name))
  for (const name of [...(await ofModule(from)), 'dist'])
    await cp(join(from, name), join(to, name), { recursive: true })
}
