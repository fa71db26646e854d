import type { Instance } from '../../support/rotation.ts'
import type { Chance } from '../harness/chance.ts'
import { actionsOf } from '../harness/healthy.ts'
import { type InterleavedRun, interleave } from '../harness/interleave.ts'
import type { AnswersByName } from '../harness/several-answers.ts'
import { createSeveralStage, type SeveralStage } from '../harness/several-stage.ts'

/** Names of so many keys. */
export function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `key-${String.fromCharCode(97 + index)}`)
}

/** A deployment of so many keys in an organization that may have enough, each key with its first one. */
export async function manyKeys(seed: number, count: number): Promise<SeveralStage> {
  const stage = createSeveralStage({ seed, names: manyNames(count), apiKeyQuota: 500 })
  await stage.rotation.post({ action: 'tend' })
  stage.look()
  stage.clock.advance({ minutes: 11 })
  stage.look()
  return stage
}

/** Lets an instance act in simulated time, in which calls and pauses at once pass together. */
export async function together(
  stage: SeveralStage,
  luck: Chance,
  act: (instance: Instance) => Promise<unknown>,
): Promise<void> {
  const run: InterleavedRun = { name: 'the instance', skewMs: 0, act: async instance => void (await act(instance)) }
  await interleave(stage, [run], luck, { passing: 0 })
}

/** Checks that a run did something of each kind for each of these keys, and left nothing undone unless it may. */
export function expectEach(
  { watch }: SeveralStage,
  answers: AnswersByName | undefined,
  { names, kinds, isAllDone = true }: { names: readonly string[]; kinds: readonly string[]; isAllDone?: boolean },
): void {
  for (const name of names) {
    const { status = 0, body = {} } = answers?.get(name) ?? {}
    const done = actionsOf(body)
    const missing = kinds.filter(kind => !done.some(action => action.startsWith(`${kind} `)))
    if ((status === 200 || !isAllDone) && missing.length === 0) continue
    const outcome = `${status} ${body.error ?? ''}`.trim()
    watch.note(
      'what befalls one key changes nothing for the others',
      `${name}: ${outcome}, no ${missing.join(' and ')}`,
    )
  }
}
