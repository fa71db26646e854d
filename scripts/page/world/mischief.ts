import type { Fault } from '../../../test/fake-scaleway/index.ts'
import { type ButtonId, mischiefButtons } from '../picture.ts'
import { isSecretDeleted } from './bars.ts'
import { flag, type Press, watchRepair } from './press.ts'
import { short } from './words.ts'

const minuteMs = 60_000
const awayMs = 10 * minuteMs
/** How long before an hourly run Scaleway goes away, where none comes within the ten minutes. */
const awayBeforeMs = 5 * minuteMs

const isAwaySoon = 'Scaleway is away, or about to be.'
const secretIsDeleted = 'The secret is deleted: restore it first.'
const needSecret: readonly ButtonId[] = ['lose-answer', 'kill', 'delete-key']

/** The operator rotates, and the answer to the publication is lost. */
export async function loseAnswer(press: Press): Promise<void> {
  const before = press.lane.served?.revision
  const { status } = await rotateWith(press, { kind: 'lost-after' }, 'answer lost')
  const revision = press.lane.served?.revision
  if (revision === before) return press.say(`Nothing was published: the rotation was refused, ${status}.`, 'bad')
  const what = `The answer to the publication was lost: ${status}.`
  watchRepair(press, `${what} It is there as revision ${revision}, nothing was undone.`)
}

/** The operator rotates, and the function is killed after it has made a key and before it publishes it. */
export async function killFunction(press: Press): Promise<void> {
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
async function rotateWith(press: Press, fault: Fault, label: string) {
  const { world, lane } = press
  flag(press, 'mischief', label)
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

/** Scaleway answers 503 for ten minutes, with an hourly run among them. */
export async function goAway(press: Press): Promise<void> {
  const { world, say } = press
  const { machine } = world
  const runAt = world.firings.next
  const beginsAt = runAt - machine.nowMs <= awayMs ? machine.nowMs : runAt - awayBeforeMs
  world.buttons.block(isAwaySoon, mischiefButtons)
  say(`It goes away at ${hour(beginsAt)}, five minutes before the next hourly run.`)
  const begin = () => {
    const { faults } = world.deployment.scaleway
    world.flag('mischief', 'Scaleway away')
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

/** A person deletes the served key in the console. */
export async function deleteKey(press: Press): Promise<void> {
  const { world, lane, say } = press
  const { served } = lane
  if (served === undefined) return say('No key is served.', 'bad')
  flag(press, 'mischief', 'key deleted')
  world.deployment.scaleway.iam.deleteApiKey(served.accessKey)
  const text = `Key ${short(served.accessKey)} was deleted in the console.`
  world.tell({ text, tone: 'bad', lane: world.nameOf(lane) })
  watchRepair(press, text)
}

/** A person deletes the secret in the console, or restores it. */
export async function deleteOrRestoreSecret(press: Press): Promise<void> {
  const { world, lane, say } = press
  const { secrets } = world.deployment.scaleway
  const { secretId } = lane.source
  const isThere = secrets.secrets().some(({ id }) => id === secretId)
  if (!isThere) return say('It was deleted more than 7 days ago: it cannot be restored any more.', 'bad')
  if (isSecretDeleted(lane.source)) {
    flag(press, 'mischief', 'secret restored')
    secrets.restoreSecret(secretId)
    world.tell({ text: 'The secret was restored.', lane: world.nameOf(lane) })
    if (!world.lanes.some(({ source }) => isSecretDeleted(source))) world.buttons.free(secretIsDeleted)
    return watchRepair(press, 'The secret was restored.')
  }
  flag(press, 'mischief', 'secret deleted')
  secrets.deleteSecret(secretId)
  const text = 'The secret was deleted in the console. It can be restored for 7 days.'
  world.tell({ text, code: 'secret-deleted', tone: 'bad', lane: world.nameOf(lane) })
  world.buttons.block(secretIsDeleted, needSecret)
  say(text, 'bad')
}

function hour(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16)
}
