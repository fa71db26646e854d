import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { strToU8, zipSync } from 'fflate'

/** Builds the zip of the probe's function: one file that imports nothing. */
export async function echoZip(): Promise<Uint8Array> {
  const source = await readFile(fileURLToPath(new URL('./handler.ts', import.meta.url)), 'utf8')
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20.19' })
  return zipSync({ 'handler.js': strToU8(code), 'package.json': strToU8('{"type":"module"}\n') })
}
