import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { buildFunctions, type functionNames } from '../../scripts/build/bundle.ts'

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The version in package.json. */
export const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
)

/** A function as `npm run build` makes it. */
interface Built {
  readonly zip: Uint8Array
  /** The bundle inside the zip. */
  readonly code: string
}

type BuiltFunctions = Readonly<Record<(typeof functionNames)[number], Built>>

let building: Promise<BuiltFunctions> | undefined

/** Gives a function that was built as `npm run build` does: once in this process, whoever asks; no file remains. */
export async function built(name: keyof BuiltFunctions): Promise<Built> {
  building ??= build()
  return (await building)[name]
}

/** Gives the zips of both functions. */
export async function builtZips() {
  const [rotation, retrieval] = await Promise.all([built('rotation'), built('retrieval')])
  return { rotation: rotation.zip, retrieval: retrieval.zip }
}

async function build(): Promise<BuiltFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'built-'))
  try {
    await buildFunctions({ root, outputFolder: folder })
    const read = async (name: string): Promise<Built> => ({
      zip: await readFile(join(folder, `${name}.zip`)),
      code: await readFile(join(folder, name, 'handler.js'), 'utf8'),
    })
    return { rotation: await read('rotation'), retrieval: await read('retrieval') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
