import type { ButtonId } from '../picture.ts'
import { isSecretDeleted } from './bars.ts'
import { deleteKey, deleteOrRestoreSecret, goAway, killFunction, loseAnswer } from './mischief.ts'
import { operate } from './operate.ts'
import type { Press } from './press.ts'
import type { World } from './world.ts'

const atWork = 'Something is at work.'

/**
 * Presses a button for the key of a name, or the first one. Resolves when what it does at once is done; what the hourly runs
 * make of it is told under the button later. Gives why it cannot be pressed, if so.
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

function labelOf(world: World, id: ButtonId): string | undefined {
  if (id !== 'delete-secret') return undefined
  const deleted = world.lanes.filter(({ source }) => isSecretDeleted(source)).length
  if (deleted === 0) return undefined
  return deleted === world.lanes.length ? 'Restore the secret' : 'Delete or restore the secret'
}
