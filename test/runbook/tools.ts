import { access, mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** What the helpers and `npm run` need on the PATH. There is no Terraform among them. */
const names = ['bash', 'sh', 'zsh', 'curl', 'sed', 'cat', 'grep', 'npm', 'node']

/** Makes a folder that holds the tools of this machine and nothing else, to be the whole PATH. A tool that is missing is left out. */
export async function linkTools(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const name of names) {
    const found = name === 'node' ? process.execPath : await find(name)
    if (found !== undefined) await symlink(found, join(folder, name))
  }
  return folder
}

/** Gives the path of a command, or undefined if there is none. */
export async function find(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name)
    const isThere = await access(file).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}
