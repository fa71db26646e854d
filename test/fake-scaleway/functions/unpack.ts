import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { unzipSync } from 'fflate'

/**
 * Unpacks a function's zip into a new temporary folder, as the platform does before it starts the function.
 * Takes the zip as bytes or as the path of a file; gives the folder, which belongs to the caller.
 * @throws when the zip cannot be read or names a file outside of itself
 */
export async function unpack(zip: string | Uint8Array): Promise<string> {
  const files = unzipSync(typeof zip === 'string' ? await readFile(zip) : zip)
  const outside = Object.keys(files).find(name => isAbsolute(name) || normalize(name).startsWith('..'))
  if (outside !== undefined) throw new Error(`The zip names a file outside of itself: ${outside}`)
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'scaleway-function-'))
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) continue
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return folder
}
