import { HttpError } from '../../shared/http-error.ts'
import type { Body } from './answer.ts'

/** What one key is answered: a body (200), or an error. */
export type KeyAnswer =
  | { readonly body: Body; readonly error?: undefined }
  | { readonly body?: undefined; readonly error: HttpError }

/** Gives what an answer is, or the error that is thrown instead of it. */
export function keyAnswer(answer: () => Body): KeyAnswer {
  try {
    return { body: answer() }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { error }
  }
}

/** The answer that names each key: 200 if every one of them is, else the highest status of all. */
export function answerByName(answers: ReadonlyMap<string, KeyAnswer>): { status: number; body: Body } {
  const entries = [...answers].map(([name, { body, error }]) => {
    if (error === undefined) return [name, { status: 200, ...body }] as const
    const { status, code, message, details } = error
    // A body to send is about this key alone.
    const send = details.send === undefined ? {} : { send: { ...Object(details.send), keys: [name] } }
    return [name, { status, error: code, message, ...details, ...send }] as const
  })
  const keys = Object.fromEntries(entries)
  const failed = entries.filter(([, { status }]) => status !== 200)
  if (failed.length === 0) return { status: 200, body: { keys } }
  const message = `Not everything was done for ${failed.map(([name]) => name).join(', ')}: see each one's error under keys.`
  return { status: Math.max(...failed.map(([, { status }]) => status)), body: { error: 'keys-failed', message, keys } }
}
