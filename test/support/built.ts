import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { buildFunctions, type functionNames } from '../../scripts/build/bundle.ts'

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the functions as `npm run build` does, into a folder of its own that is removed with the test file; gives one of them. */
export async function built(name: (typeof functionNames)[number]) {
  const folder = await mkdtemp(join(tmpdir(), 'built-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const found = (await buildFunctions({ root, outputFolder: folder })).find(candidate => candidate.name === name)
  if (found === undefined) throw new Error(`${name} was not built`)
  return { ...found, zip: await readFile(found.zipPath), code: await readFile(`${folder}/${name}/handler.js`, 'utf8') }
}
