import type { Answered, As, Instance } from '../../support/rotation.ts'
import type { Stage } from './stage.ts'

/** What is asked of the rotation function, and by whom. */
export interface Asked {
  readonly body: Readonly<Record<string, unknown>>
  readonly as: As
}

/** Calls an instance, tells of it, and judges the answer. Undefined: the instance died over it. */
export async function ask(stage: Stage, instance: Instance, { body, as }: Asked): Promise<Answered | undefined> {
  const died = new Promise<undefined>(resolve => {
    stage.cloud.faults.onKill = () => resolve(undefined)
  })
  const answered = await Promise.race([instance.post({ ...body }, as), died])
  stage.tell(`${inWords({ body, as })}: ${answered === undefined ? 'died' : brief(answered)}`)
  if (answered !== undefined) judge(stage, body, answered)
  return answered
}

/** What was asked, for the history. */
export function inWords({ body, as }: Asked): string {
  return `${JSON.stringify(body)} by ${as}`
}

/** An answer for the history, without what follows from the rest. */
function brief({ status, body }: Answered): string {
  const { request_id, next_rotation_due, expires_at, ...rest } = body
  return `${status} ${JSON.stringify(rest)}`
}

/** True for a line of the history that tells of an ordinary answer by which nothing changed. */
export function isUneventful(line: string): boolean {
  return / 200 .*"rotated":false,"reason":"(not-due|recent)".*"actions":\[\]/.test(line)
}

/** What an answer promises. */
export function judge({ watch }: Stage, body: Asked['body'], { status, body: told }: Answered): void {
  watch.look()
  const actions: readonly { kind: string; reason: string }[] = Array.isArray(told.actions) ? told.actions : []
  // A deletion that a 404 answered untruly is repeated while the key is listed, when a leak hangs on it.
  const once = actions.filter(({ kind, reason }) => kind !== 'revoke' || reason !== 'compromised')
  const acts = once.map(action => (action.kind === 'issue' ? 'issue' : JSON.stringify(action)))
  const twice = acts.find((act, index) => acts.indexOf(act) !== index)
  if (twice !== undefined) watch.note('a run does nothing twice', twice)
  if (![200, 409, 502, 504].includes(status)) watch.note('every call is answered', `${status}`)
  if (body.action === 'revoke' && told.done === true && typeof told.revision === 'number') watch.revoked(told.revision)
}
