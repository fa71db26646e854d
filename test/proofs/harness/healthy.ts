import type { AnswersByName } from './several-answers.ts'
import type { AskedOfSeveral, SeveralStage } from './several-stage.ts'

/** What a run of one key alone would do, and what would refuse it. */
interface Planned {
  readonly actions: readonly string[]
  readonly refused: unknown
}

/** Reasons that a key comes to be due for by age alone: it may do so between a dry run and the run. */
const byAge = ['key-too-old', 'expires-soon']

/** Asks of each key by itself, in a dry run and on an instance of its own, what a request would do. */
export async function plannedAlone(
  stage: SeveralStage,
  { body, as, path = '/' }: AskedOfSeveral,
  names: readonly string[],
): Promise<ReadonlyMap<string, Planned>> {
  const { keys, source, ...request } = body
  const listed: readonly unknown[] = Array.isArray(keys) ? keys : stage.names
  const asked = names.filter(name => (path === '/' ? listed.includes(name) : path === `/${name}`))
  const planned = new Map<string, Planned>()
  for (const name of asked) {
    const { body: answer } = await stage.start().post({ ...request, dry_run: true }, as, `/${name}`)
    planned.set(name, { actions: actionsOf(answer), refused: answer.refused ?? answer.error ?? null })
  }
  return planned
}

/** Checks that a run over several keys did for each of these what one of the key alone would have done. */
export function expectDone(stage: SeveralStage, planned: ReadonlyMap<string, Planned>, answers: AnswersByName): void {
  for (const [name, { actions, refused }] of planned) {
    const answered = answers.get(name)
    const note = (detail: string) =>
      stage.watch.note('what befalls one key changes nothing for the others', `${name}: ${detail}`)
    const { status = 0, body = {} } = answered ?? {}
    if (status !== 200 && refused === null) note(`${status} ${body.error}, though nothing stands in its way`)
    if (body.unfinished !== undefined) note('something due is unfinished')
    const done = actionsOf(body)
    const undone = refused === null ? actions.filter(action => !done.includes(action)) : []
    if (undone.length > 0) note(`due and not done: ${undone.join(', ')}`)
    const issues = (list: readonly string[]) => list.filter(action => action.startsWith('issue '))
    const undue = issues(done).filter(issue => !byAge.some(reason => issue.endsWith(reason)))
    if (undue.length > issues(actions).length && refused === null) note(`done and not due: ${undue.join(', ')}`)
  }
}

/** The actions of an answer, those on a key or version by its name alone: what the run did before may change the reason. */
export function actionsOf(answer: Readonly<Record<string, unknown>>): string[] {
  const actions: readonly Readonly<Record<string, unknown>>[] = Array.isArray(answer.actions) ? answer.actions : []
  return actions.map(({ kind, reason, revision, access_key: accessKey }) =>
    kind === 'issue' ? `issue ${reason}` : `${kind} ${revision ?? accessKey}`,
  )
}
