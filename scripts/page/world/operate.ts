import { objectOf } from '../../deployment/call.ts'
import { flag, type Press } from './press.ts'

/** Sends what the operator asks for to the real function, and tells its answer. */
export async function operate(press: Press, body: object, label: string): Promise<void> {
  const { world, lane, say } = press
  flag(press, 'operator', label)
  const sinceMs = world.machine.nowMs
  const { status, text } = await world.ask(lane, body)
  const seconds = Math.round((world.machine.nowMs - sinceMs) / 1000)
  const answer = `${status}${seconds > 1 ? ` after ${seconds} s` : ''}: ${answerInWords(status, objectOf(text))}`
  const tone = status === 200 ? 'good' : 'bad'
  say(answer, tone)
  const { error, reason } = objectOf(text)
  const code = [error, reason].find(word => typeof word === 'string')
  world.tell({
    text: `${label}: ${answer}`,
    code: typeof code === 'string' ? code : null,
    tone: status === 200 ? 'plain' : 'bad',
    lane: world.nameOf(lane),
  })
}

function answerInWords(status: number, body: Readonly<Record<string, unknown>>): string {
  const { rotated, revision, reason, done, error, message } = body
  if (done === true) return `done, revision ${revision} is served and no older key of ours works.`
  if (rotated === true) return `revision ${revision} is published.`
  if (reason === 'rolled-back') return `revision ${revision} is served again.`
  if (reason === 'recent') return 'the key was rotated minutes ago, so nothing was changed.'
  if (status === 200 && typeof reason === 'string') return `${reason}.`
  const first = typeof message === 'string' ? message.split(/(?<=\.) /)[0] : 'no answer of the function.'
  return typeof error === 'string' ? `${error}. ${first}` : `${first}`
}
