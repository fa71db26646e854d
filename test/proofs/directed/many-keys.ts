import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { byName } from '../harness/several-answers.ts'
import type { SeveralStage } from '../harness/several-stage.ts'
import { expectEach, manyKeys, together } from './many-begin.ts'

/** Many keys at once: what would take each of them minutes is done for all in the time of one, and in a bounded pace. */
export const keysAtOnce: Life = async seed => {
  const luck = chance(seed)
  const act = luck.one([allAreRevoked, slowOnesAreRevoked, allAreRotated, oneFaultOfOurs])
  const stage = await manyKeys(seed, act === allAreRevoked ? 26 : 9)
  await act(stage, luck)
  stage.clock.advance({ hours: 1 })
  await stage.settle()
  return stage
}

async function expectRevoked(stage: SeveralStage, luck: Chance): Promise<void> {
  const { names, watch } = stage
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'revoke', keys: names }, as: 'operator' })
    const undone = names.filter(name => answers?.get(name)?.body.done !== true)
    const [first] = undone
    if (first === undefined) return
    const { status, body } = answers?.get(first) ?? {}
    watch.note(
      'every due action is done',
      `${undone.length} of ${names.length} are not revoked, ${first}: ${status} ${body?.error}`,
    )
  })
}

/** Each revoke waits for lists and caches: together they wait once. */
async function allAreRevoked(stage: SeveralStage, luck: Chance): Promise<void> {
  stage.clock.advance({ hours: luck.between(1, 100) })
  stage.look()
  await expectRevoked(stage, luck)
}

/** Slow answers: a revoke takes longer than the turn of a key in any other run, and may. */
async function slowOnesAreRevoked(stage: SeveralStage, luck: Chance): Promise<void> {
  for (const name of stage.names) stage.slowMs.set(name, luck.between(6_000, 6_500))
  await expectRevoked(stage, luck)
  stage.slowMs.clear()
}

/** Every key is rotated at the same moment. */
async function allAreRotated(stage: SeveralStage): Promise<void> {
  const { names } = stage
  const answers = await stage.ask(stage.start(), {
    body: { action: 'rotate', force: true, keys: names },
    as: 'operator',
  })
  expectEach(stage, answers, { names, kinds: ['issue'] })
}

/** The function itself fails while it works on one key. */
async function oneFaultOfOurs(stage: SeveralStage, luck: Chance): Promise<void> {
  const { names, clock, watch } = stage
  stage.clock.advance({ days: 36 })
  stage.look()
  let sleeps = 0
  const failing = luck.between(1, 2 * names.length)
  const nowMs = () => clock.now().getTime()
  const instance = stage.start({
    clock: {
      now: () => ({ wallMs: nowMs(), steadyMs: nowMs() }),
      sleep: async durationMs => {
        sleeps += 1
        if (sleeps === failing) throw new TypeError('planted')
        clock.advance({ milliseconds: durationMs })
      },
    },
  })
  const answers = byName(await instance.post({ action: 'tend' }), '/')
  stage.look()
  const failed = [...answers.values()].filter(({ status }) => status !== 200).length
  stage.tell(`the pause ${failing} fails: ${failed} of ${answers.size} failed`)
  if (answers.size !== names.length || failed > 1)
    watch.note('what befalls one key changes nothing for the others', `${failed} of ${answers.size} failed`)
}
