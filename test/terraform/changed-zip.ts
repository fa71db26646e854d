import { readFile, writeFile } from 'node:fs/promises'
import { strToU8, unzipSync, zipSync } from 'fflate'

/** Gives a function's zip other code: the same handler, whose answers say so in the header `X-Changed`. */
export async function changeZip(file: string): Promise<void> {
  const { 'handler.js': handler, ...others } = unzipSync(await readFile(file))
  if (handler === undefined) throw new Error(`${file} holds no handler.js`)
  await writeFile(file, zipSync({ ...others, 'inner.js': handler, 'handler.js': strToU8(changed) }))
}

const changed = `import { handle as inner } from './inner.js'
export const handle = async (...args) => {
  const answer = await inner(...args)
  return { ...answer, headers: { ...answer.headers, 'X-Changed': 'yes' } }
}
`

/** Gives a function a zip that cannot be loaded. */
export async function breakZip(file: string): Promise<void> {
  await writeFile(file, zipSync({ 'handler.js': strToU8('export const somethingElse = 1\n') }))
}
