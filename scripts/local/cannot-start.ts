import * as v from 'valibot'
import { FunctionStartError } from '../../test/fake-scaleway/functions/function-process.ts'

/** A reason not to start that a person can do something about; its message is all that they are shown. */
export class CannotStartError extends Error {
  override readonly name = 'CannotStartError'
}

const noPort = v.object({ code: v.picklist(['EADDRINUSE', 'EACCES']), port: v.number() })
const remedy = 'Take another with --port, or leave --port out and free ports are used.'

/** Turns any error of a start into what to print: one sentence where the cause is known, else all there is. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  for (const link of [error, error.cause]) {
    if (!v.is(noPort, link)) continue
    const why = link.code === 'EACCES' ? 'is not open to this user' : 'is taken by another program'
    return `Port ${link.port} ${why}. ${remedy}`
  }
  const told = error instanceof CannotStartError || error instanceof FunctionStartError
  return told ? error.message : (error.stack ?? error.message)
}
