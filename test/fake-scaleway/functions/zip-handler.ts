import { strToU8, zipSync } from 'fflate'

/** Packs the source of a handler as a function's zip, the way the build does: one file and an explicit type. */
export function zipHandler(source: string, file = 'handler.js'): Uint8Array {
  return zipSync({ [file]: strToU8(source), 'package.json': strToU8('{"type":"module"}\n') })
}
