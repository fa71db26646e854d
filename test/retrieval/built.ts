import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { buildFunctions } from '../../scripts/build/bundle.ts'

/** Builds the functions as `npm run build` does, into a folder of its own that is removed with the test file; gives retrieval. */
export async function buildRetrieval() {
  const folder = await mkdtemp(join(tmpdir(), 'retrieval-built-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const built = (await buildFunctions({ root, outputFolder: folder })).find(({ name }) => name === 'retrieval')
  if (built === undefined) throw new Error('retrieval was not built')
  return { ...built, code: await readFile(`${folder}/retrieval/handler.js`, 'utf8') }
}
