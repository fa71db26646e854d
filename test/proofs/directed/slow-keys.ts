import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import type { SeveralStage } from '../harness/several-stage.ts'
import { deleteManually, postMaybeKilled } from './begin.ts'
import { expectEach, manyKeys, together } from './many-begin.ts'

/** More keys than are worked on at once, most of them slow: the others are served all the same. */
export const slowKeys: Life = async seed => {
  const luck = chance(seed)
  const stage = await manyKeys(seed, 12)
  await luck.one([slowAreLast, slowAreBounded, urgentAreFirst, leaksAreFirst, looksGrowOld])(stage, luck)
  stage.slowMs.clear()
  stage.clock.advance({ hours: 1 })
  await stage.settle()
  return stage
}

/** Two keys at random, and the others. */
function two({ names }: SeveralStage, luck: Chance): { two: string[]; others: string[] } {
  const from = luck.between(0, names.length - 2)
  const two = names.slice(from, from + 2)
  return { two, others: names.filter(name => !two.includes(name)) }
}

/** All are due, and the answers to most are slow: those that are answered fast do not wait for them. */
async function slowAreLast(stage: SeveralStage, luck: Chance): Promise<void> {
  const { two: fast, others: slow } = two(stage, luck)
  stage.clock.advance({ days: 36 })
  for (const name of slow) stage.slowMs.set(name, luck.between(12, 13) * 1_000)
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'tend' }, as: 'cron' })
    expectEach(stage, answers, { names: fast, kinds: ['issue'] })
  })
}

/** The slow ones have so much to do that it fills the whole run: there is still time to clean up after the others. */
async function slowAreBounded(stage: SeveralStage, luck: Chance): Promise<void> {
  const { two: fast, others: slow } = two(stage, luck)
  await stage.rotation.post({ action: 'rotate', force: true, keys: stage.names }, 'operator')
  stage.look()
  for (let press = 0; press < 2; press++) {
    stage.clock.advance({ minutes: 11 })
    await stage.rotation.post({ action: 'rotate', force: true, keys: slow }, 'operator')
    stage.look()
  }
  stage.clock.advance({ hours: 122 })
  stage.look()
  for (const name of slow) {
    stage.slowMs.set(name, luck.between(13, 14) * 1_000)
    deleteManually(stage.of(name), stage.served(name)?.accessKey)
  }
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'tend' }, as: 'cron' })
    expectEach(stage, answers, { names: fast, kinds: ['retire'] })
  })
}

/** Two keys have nothing that works, and are answered a little more slowly than the others, which are due too. */
async function urgentAreFirst(stage: SeveralStage, luck: Chance): Promise<void> {
  const { two: urgent, others } = two(stage, luck)
  for (let press = 0; press < 2; press++) {
    await stage.rotation.post({ action: 'rotate', force: true, keys: others }, 'operator')
    stage.clock.advance({ minutes: 11 })
    stage.look()
  }
  stage.clock.advance({ days: 36 })
  stage.look()
  for (const name of urgent) deleteManually(stage.of(name), stage.served(name)?.accessKey)
  for (const name of others) stage.slowMs.set(name, 9_000)
  for (const name of urgent) stage.slowMs.set(name, 9_100)
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'tend' }, as: 'cron' })
    expectEach(stage, answers, { names: urgent, kinds: ['issue'] })
  })
}

/** Revokes of two were cut off, so that leaked keys still work. The others, answered a little faster, are due too. */
async function leaksAreFirst(stage: SeveralStage, luck: Chance): Promise<void> {
  const { two: leaked, others } = two(stage, luck)
  for (let press = 0; press < 2; press++) {
    await stage.rotation.post({ action: 'rotate', force: true, keys: stage.names }, 'operator')
    stage.clock.advance({ minutes: 11 })
    stage.look()
  }
  stage.clock.advance({ days: 36 })
  stage.look()
  for (const name of leaked) {
    stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
    await postMaybeKilled(stage, { action: 'revoke', keys: [name] }, 'operator')
    stage.look()
  }
  for (const name of others) stage.slowMs.set(name, 9_000)
  for (const name of leaked) stage.slowMs.set(name, 9_100)
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'tend' }, as: 'cron' })
    expectEach(stage, answers, { names: leaked, kinds: ['revoke'], isAllDone: false })
  })
}

/** Looking at one takes more than a minute: nobody acts on what was seen of the others before. */
async function looksGrowOld(stage: SeveralStage, luck: Chance): Promise<void> {
  const { two: slow, others } = two(stage, luck)
  await stage.rotation.post({ action: 'rotate', force: true, keys: stage.names }, 'operator')
  stage.look()
  stage.clock.advance({ days: 36 })
  stage.look()
  for (const name of slow) {
    for (const { accessKey } of stage.keys(name)) deleteManually(stage.of(name), accessKey)
    stage.slowMs.set(name, luck.between(17, 19) * 1_000)
  }
  await together(stage, luck, async instance => {
    const answers = await stage.ask(instance, { body: { action: 'tend' }, as: 'cron' })
    expectEach(stage, answers, { names: others, kinds: ['issue'] })
  })
}
