import type { Answered, Instance } from '../../support/rotation.ts'
import type { Asked } from './asked.ts'
import { expectRefused, isForbidden } from './refused.ts'
import type { Stage } from './stage.ts'

/**
 * Calls an instance, adds the call to the history, and checks the answer, also that of a caller without the right to
 * what it asks for; undefined if the instance was killed meanwhile.
 */
export async function ask(stage: Stage, instance: Instance, { body, as }: Asked): Promise<Answered | undefined> {
  if (isForbidden({ body, as })) {
    const refused = await expectRefused(stage, () => instance.post({ ...body }, as))
    stage.tell(`${inWords({ body, as })}: ${brief(refused)}`)
    return refused
  }
  const killed = new Promise<undefined>(resolve => {
    stage.cloud.faults.onKill = () => resolve(undefined)
  })
  const answered = await Promise.race([instance.post({ ...body }, as), killed])
  stage.tell(`${inWords({ body, as })}: ${answered === undefined ? 'killed' : brief(answered)}`)
  if (answered !== undefined) judge(stage, body, answered)
  return answered
}

/** Gives a request as a line of the history shows it. */
export function inWords({ body, as }: Asked): string {
  return `${JSON.stringify(body)} by ${as}`
}

/** Gives an answer as a line of the history shows it, without the fields that follow from the others. */
function brief({ status, body }: Answered): string {
  const { request_id, overdue_after, expires_at, ...rest } = body
  return `${status} ${JSON.stringify(rest)}`
}

/** True for a line of the history about an ordinary answer that changed nothing. */
export function isUneventful(line: string): boolean {
  return / 200 .*"rotated":false,"reason":"(not-due|recent)".*"actions":\[\]/.test(line)
}

/** Checks what every answer of a run promises. */
export function judge({ watch }: Stage, body: Asked['body'], { status, body: answer }: Answered): void {
  watch.look()
  const actions: readonly { kind: string; reason: string }[] = Array.isArray(answer.actions) ? answer.actions : []
  // In a revoke, a deletion that was answered with a wrong 404 is repeated while the key is listed.
  const once = actions.filter(({ kind, reason }) => kind !== 'revoke' || reason !== 'compromised')
  const acts = once.map(action => (action.kind === 'issue' ? 'issue' : JSON.stringify(action)))
  const twice = acts.find((act, index) => acts.indexOf(act) !== index)
  if (twice !== undefined) watch.note('a run repeats no action', twice)
  const isWrongClock = status === 503 && answer.error === 'clock-skew'
  if (![200, 409, 502, 504].includes(status) && !isWrongClock) watch.note('every call is answered', `${status}`)
  if (body.action === 'revoke' && answer.done === true && typeof answer.revision === 'number')
    watch.revoked(answer.revision)
}
