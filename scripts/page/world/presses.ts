import type { Fault } from '../../../test/fake-scaleway/index.ts'
import { objectOf } from '../../deployment/call.ts'
import { spanInWords } from '../../status/words.ts'
import { type ButtonId, mischiefButtons, type Tone } from '../picture.ts'
import { isSecretDeleted } from './bars.ts'
import type { LaneBook } from './lane.ts'
import { short } from './words.ts'
import type { World } from './world.ts'

const minuteMs = 60_000
const awayMs = 10 * minuteMs
/** How long before a tick Scaleway goes away, where no tick comes within the ten minutes. */
const awayBeforeTickMs = 5 * minuteMs

const atWork = 'Something is at work.'
const isAwaySoon = 'Scaleway is away, or about to be.'
const secretIsDeleted = 'The secret is deleted: restore it first.'
const needSecret: readonly ButtonId[] = ['lose-answer', 'kill', 'delete-key']

/** A pressed button: which one, for which key, and where it is told. */
interface Press {
  readonly world: World
  readonly id: ButtonId
  readonly lane: LaneBook
  readonly say: (text: string, tone?: Tone) => void
}

/**
 * Presses a button for the key of a name, or the first one. Resolves when what it does at once is done; what the ticks make of
 * it is told under the button later. Gives why it cannot be pressed, if so.
 */
export async function press(world: World, id: ButtonId, keyName?: string): Promise<string | undefined> {
  const lane = keyName === undefined ? world.lanes[0] : world.lanes.find(({ name }) => name === keyName)
  if (lane === undefined) return 'There is no key of this name.'
  const blocked = world.buttons.get(id)?.blocked
  if (blocked != null) return blocked
  world.buttons.block(atWork)
  const say: Press['say'] = (text, tone = 'plain') =>
    world.buttons.tell(id, { text, tone, lane: world.nameOf(lane) }, labelOf(world, id))
  try {
    await world.turn(async () => {
      await world.machine.settle()
      await presses[id]({ world, id, lane, say })
      await world.machine.settle()
      world.expectChange()
      await world.refresh()
    })
  } finally {
    world.buttons.free(atWork)
  }
  return undefined
}

const presses: Readonly<Record<ButtonId, (press: Press) => Promise<void>>> = {
  rotate: press => operate(press, { action: 'rotate' }, 'Rotate'),
  rollback: press => operate(press, { action: 'rollback', revision: press.lane.served?.revision ?? 1 }, 'Roll back'),
  revoke: press => operate(press, { action: 'revoke' }, 'Revoke'),
  'lose-answer': loseAnswer,
  kill: killFunction,
  away: goAway,
  'delete-key': deleteKey,
  'delete-secret': deleteOrRestoreSecret,
}

/** What the operator asks for, answered by the real function. */
async function operate({ world, lane, say }: Press, body: object, label: string): Promise<void> {
  flag(world, { kind: 'operator', label, lane })
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

async function loseAnswer(press: Press): Promise<void> {
  const { status } = await rotateWith(press, { kind: 'lost-after' }, 'answer lost')
  if (status === 200 || press.lane.served === undefined) return press.say('Nothing was published.', 'bad')
  const revision = `revision ${press.lane.served.revision}`
  watchRepair(
    press,
    `The answer to the publication was lost: ${status}. It is there as ${revision}, nothing was undone.`,
  )
}

async function killFunction(press: Press): Promise<void> {
  const { faults } = press.world.deployment.scaleway
  const { rotation } = press.world.deployment
  let wasKilled = false
  faults.onKill = () => {
    wasKilled = true
    rotation.kill()
  }
  const { status } = await rotateWith(press, { kind: 'kill-before' }, 'killed')
  faults.onKill = undefined
  if (!wasKilled) return press.say(`Nothing was killed: the rotation was refused, ${status}.`, 'bad')
  await rotation.restart()
  watchRepair(press, `Killed after the key was made, before it was published: ${status}. Another process runs.`)
}

/** Has the operator rotate, whatever the time, with a fault at the call that publishes. */
async function rotateWith({ world, lane }: Press, fault: Fault, label: string) {
  flag(world, { kind: 'mischief', label, lane })
  const { secretId } = lane.source
  const remove = world.deployment.scaleway.faults.add({
    operation: 'secrets.createVersion',
    match: ({ path }) => path.includes(secretId),
    fault,
  })
  try {
    return await world.ask(lane, { action: 'rotate', force: true })
  } finally {
    remove()
  }
}

async function goAway(press: Press): Promise<void> {
  const { world, say } = press
  const { machine } = world
  const tickInMs = world.nextFiring - machine.nowMs
  const beginsAt = tickInMs <= awayMs ? machine.nowMs : world.nextFiring - awayBeforeTickMs
  world.buttons.block(isAwaySoon, mischiefButtons)
  say(`It goes away at ${hour(beginsAt)}, five minutes before the next tick.`)
  const begin = () => {
    const { faults } = world.deployment.scaleway
    flag(world, { kind: 'mischief', label: 'Scaleway away', lane: undefined })
    world.isAway = true
    const comeBack = faults.add({
      match: ({ operation }) => operation !== 'local.fireCron',
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 503 },
    })
    world.tell({ text: 'Scaleway answers every call with 503.', tone: 'bad' })
    const endsAt = machine.nowMs + awayMs
    say(`Away until ${hour(endsAt)}.`, 'bad')
    watchRepair(press, `Away from ${hour(machine.nowMs)} to ${hour(endsAt)}.`)
    machine.at(endsAt, () => {
      comeBack()
      world.isAway = false
      world.tell({ text: 'Scaleway is back.' })
      world.expectChange()
      world.buttons.free(isAwaySoon)
    })
    world.expectChange()
  }
  if (beginsAt > machine.nowMs) machine.at(beginsAt, begin)
  else begin()
}

async function deleteKey(press: Press): Promise<void> {
  const { world, lane, say } = press
  const { served } = lane
  if (served === undefined) return say('No key is served.', 'bad')
  flag(world, { kind: 'mischief', label: 'key deleted', lane })
  world.deployment.scaleway.iam.deleteApiKey(served.accessKey)
  const text = `Key ${short(served.accessKey)} was deleted in the console.`
  world.tell({ text, tone: 'bad', lane: world.nameOf(lane) })
  watchRepair(press, text)
}

async function deleteOrRestoreSecret(press: Press): Promise<void> {
  const { world, lane, say } = press
  const { secrets } = world.deployment.scaleway
  const { secretId } = lane.source
  const isThere = secrets.secrets().some(({ id }) => id === secretId)
  if (!isThere) return say('It was deleted more than 7 days ago: it cannot be restored any more.', 'bad')
  if (isSecretDeleted(lane.source)) {
    flag(world, { kind: 'mischief', label: 'secret restored', lane })
    secrets.restoreSecret(secretId)
    world.tell({ text: 'The secret was restored.', lane: world.nameOf(lane) })
    if (!world.lanes.some(({ source }) => isSecretDeleted(source))) world.buttons.free(secretIsDeleted)
    return watchRepair(press, 'The secret was restored.')
  }
  flag(world, { kind: 'mischief', label: 'secret deleted', lane })
  secrets.deleteSecret(secretId)
  const text = 'The secret was deleted in the console. It can be restored for 7 days.'
  world.tell({ text, code: 'secret-deleted', tone: 'bad', lane: world.nameOf(lane) })
  world.buttons.block(secretIsDeleted, needSecret)
  say(text, 'bad')
}

function labelOf(world: World, id: ButtonId): string | undefined {
  if (id !== 'delete-secret') return undefined
  const deleted = world.lanes.filter(({ source }) => isSecretDeleted(source)).length
  if (deleted === 0) return undefined
  return deleted === world.lanes.length ? 'Restore the secret' : 'Delete or restore the secret'
}

/** Tells under the button after which tick the key was whole again, judged by its keys after each tick. */
function watchRepair({ world, lane, say }: Press, what: string): void {
  const sinceMs = world.machine.nowMs
  const refusedBefore = world.refusedCalls
  let ticks = 0
  say(what, 'bad')
  const judge = () => {
    ticks += 1
    if (!world.isWhole(lane)) return world.afterNextTick(judge)
    const afterMs = world.machine.nowMs - sinceMs
    const refused = world.refusedCalls - refusedBefore
    const text = `All is well ${spanInWords(afterMs)} later, after ${ticks === 1 ? 'one tick' : `${ticks} ticks`}; refused calls meanwhile: ${refused}.`
    say(`${what} ${text}`, 'good')
    world.tell({ text, tone: 'good', lane: world.nameOf(lane) })
  }
  world.afterNextTick(judge)
}

function flag(
  world: World,
  { kind, label, lane }: { kind: 'operator' | 'mischief'; label: string; lane: LaneBook | undefined },
): void {
  const name = lane && world.nameOf(lane)
  world.flag(kind, name == null ? label : `${label} (${name})`)
}

function hour(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16)
}
