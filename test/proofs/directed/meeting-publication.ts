import type { Clock } from '../../../functions/rotation/clock.ts'
import { simulated } from '../../support/rotation.ts'
import type { Gate, Stage } from '../harness/stage.ts'
import { twoKeys } from './begin.ts'

/** The call by which a forced rotation publishes, and the one by which a revoke creates its key. */
const publishes = 8
const creates = 3

/**
 * A revoke creates its key after that of a forced rotation, and publishes and cleans up while the rotation's publication
 * is on its way: that one is answered only when the revoke waits for lists to follow. What is then served must work.
 */
export async function meetsPublication(stage: Stage): Promise<void> {
  const { start, clock, watch } = stage
  await twoKeys(stage, { hours: 24 })
  const [isUnderWay, isCleaned] = [signal(), signal()]
  const rotation = start({ gate: holding(publishes, isUnderWay.give, isCleaned.given) })
  const own = simulated(clock)
  const patient: Clock = {
    now: own.now,
    async sleep(durationMs) {
      // Only the wait for lists is that long. The other run ends in it.
      if (durationMs > 60_000) {
        isCleaned.give()
        await rotating
      }
      await own.sleep(durationMs)
    },
  }
  const revoking = start({ clock: patient, gate: holding(creates, () => undefined, isUnderWay.given) })
  // A run that ends earlier, because a rule is switched off, keeps the other one waiting no longer.
  const revoked = revoking.post({ action: 'revoke' }, 'operator').finally(isCleaned.give)
  const rotating = rotation.post({ force: true }, 'operator').finally(isUnderWay.give)
  const answers = await Promise.all([revoked, rotating])
  stage.tell(`a revoke beside a publication: ${answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)}`)
  watch.look()
}

/** Lets calls through, but for the nth: that says that it is there, and waits. */
function holding(nth: number, isThere: () => void, mayGo: Promise<void>): Gate {
  let calls = 0
  return async call => {
    calls += 1
    if (calls === nth) {
      isThere()
      await mayGo
    }
    return call()
  }
}

function signal(): { readonly give: () => void; readonly given: Promise<void> } {
  let give = () => {}
  const given = new Promise<void>(resolve => {
    give = resolve
  })
  return { give, given }
}
