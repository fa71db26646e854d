import * as v from 'valibot'
import { FunctionStartError } from '../../test/fake-scaleway/functions/function-process.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'

const noPort = v.object({ code: v.picklist(['EADDRINUSE', 'EACCES']), port: v.number() })
const remedy = 'Take another with --port, or leave --port out and free ports are used.'

/** Turns any error of a start into what to print: one sentence where the cause is known, else the stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  for (const link of [error, error.cause]) {
    if (!v.is(noPort, link)) continue
    const why = link.code === 'EACCES' ? 'is not open to this user' : 'is taken by another program'
    return `Port ${link.port} ${why}. ${remedy}`
  }
  const isExplained = error instanceof CannotProceedError || error instanceof FunctionStartError
  return isExplained ? error.message : (error.stack ?? error.message)
}
