import { readFile } from 'node:fs/promises'
import * as v from 'valibot'

/** The version of this project, which stands in package.json. */
export async function readVersion(): Promise<string> {
  const file = new URL('../../package.json', import.meta.url)
  return v.parse(v.object({ version: v.string() }), JSON.parse(await readFile(file, 'utf8'))).version
}
