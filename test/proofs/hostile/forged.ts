import { cronToken } from '../../../scripts/local/identities.ts'
import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { forge, tokenedBody } from './forged-credentials.ts'
import type { Claim } from './hostile-events-made.ts'
import { judgeRefusal } from './hostile-judge.ts'
import { handlerOf } from './hostile-rotation.ts'

const events = 50

/** Requests whose credential is missing, unclear or contradictory, and tokens that are not the CRON's: all are refused. */
export const forged: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  await stage.rotation.post()
  const handle = handlerOf(stage)
  for (let left = events; left > 0; left--) {
    stage.clock.advance({ minutes: luck.below(30) })
    const { label, claim, event } = luck.happens(0.3) ? withToken(stage, luck) : withHeaders(stage, luck)
    const before = { calls: stage.cloud.log.entries.length, lines: stage.lines.length }
    const answer = await handle(event)
    const calls = stage.cloud.log.entries.length - before.calls
    const logged = stage.lines.slice(before.lines).join('')
    for (const wrong of judgeRefusal({ answer, calls, logged }, claim, true)) {
      stage.watch.note('whoever has no right is refused', `${label}: ${wrong}`)
    }
    stage.watch.look()
  }
  return stage
}

interface ForgedEvent {
  readonly label: string
  readonly claim: Claim
  readonly event: object
}

function withHeaders({ ids }: Stage, luck: Chance): ForgedEvent {
  const { form, claim, ...headers } = forge(luck, luck.one([ids.operator, ids.monitor, ids.consumer]).secretKey)
  const httpMethod = luck.one(['POST', 'GET', 'HEAD', 'PUT'])
  const body = luck.one(['', '{"action":"tend"}', '{"action":"rotate","force":true}', 'no JSON'])
  return { label: form, claim, event: { httpMethod, path: luck.one(['/', '/other']), body, ...headers } }
}

/** A wrong token decides alone: not even the operator's own key beside it helps. */
function withToken({ ids }: Stage, luck: Chance): ForgedEvent {
  const { form, body, isRight } = tokenedBody(luck, cronToken(ids))
  const headers = luck.happens(0.5) ? { 'X-Auth-Token': ids.operator.secretKey } : {}
  return { label: form, claim: isRight ? 'cron' : 'unknown', event: { httpMethod: 'POST', path: '/', body, headers } }
}
