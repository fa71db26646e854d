import type { Sleep } from '../sleep.ts'
import type { HttpAnswer } from './wire.ts'

const PIECES_PER_SECOND = 20
const FILLER = Buffer.alloc(16_384, 'x')

/** True when the body needs more than one write. */
export function isPaced(answer: HttpAnswer): boolean {
  return answer.bytesPerSecond !== undefined || answer.endless === true
}

/** The body in pieces: at its own speed, and with endless filler where that is requested. */
export async function* bodyPieces(answer: HttpAnswer, sleep: Sleep): AsyncGenerator<Buffer> {
  const body = Buffer.from(answer.body)
  const { bytesPerSecond } = answer
  const size = bytesPerSecond === undefined ? body.length : Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND))
  for (let sent = 0; sent < body.length; sent += size) {
    const piece = body.subarray(sent, sent + size)
    if (bytesPerSecond !== undefined) await sleep((piece.length * 1000) / bytesPerSecond)
    yield piece
  }
  while (answer.endless) yield FILLER
}
