import type { Fault } from '../fake-scaleway/index.ts'
import { callFaultNames, callsOf, faultedLife, journeyNames } from './call-faults.ts'
import { postMaybeKilled, twoKeys } from './directed/begin.ts'
import { deletedSecret } from './directed/deleted-secret.ts'
import { editing } from './directed/editing.ts'
import { expiring } from './directed/expiring.ts'
import { frozen } from './directed/frozen.ts'
import { fullOrganization } from './directed/full-organization.ts'
import { lastKey } from './directed/last-key.ts'
import { leaking } from './directed/leaking.ts'
import { lying } from './directed/lying.ts'
import { keysAtOnce } from './directed/many-keys.ts'
import { meanwhile } from './directed/meanwhile.ts'
import { noCron } from './directed/no-cron.ts'
import { overlapEnd } from './directed/overlap-end.ts'
import { fullQuotas } from './directed/quotas.ts'
import { repeating } from './directed/repeating.ts'
import { rollingBack } from './directed/rolling-back.ts'
import { severalConsumers } from './directed/several-consumers.ts'
import { slowKeys } from './directed/slow-keys.ts'
import { stolen } from './directed/stolen.ts'
import { stubborn } from './directed/stubborn.ts'
import { twoClocks } from './directed/two-clocks.ts'
import { unentitled } from './directed/unentitled.ts'
import { wrongClock } from './directed/wrong-clock.ts'
import { chance } from './harness/chance.ts'
import type { Life } from './harness/life.ts'
import { createStage } from './harness/stage.ts'
import { forged } from './hostile/forged.ts'
import { interleavedLife } from './interleaved-lives.ts'
import { severalInterleavedLife } from './several-interleaved.ts'
import { severalLife } from './several-lives.ts'

/** One random fault at a random call of a random journey. */
const faulted: Life = async seed => {
  const luck = chance(seed)
  const name = luck.one(journeyNames)
  const nth = luck.between(1, await callsOf(name))
  const { stage } = await faultedLife(name, [{ nth, fault: luck.one(callFaultNames) }], seed)
  return stage
}

const lostPublications: readonly [Fault, ...Fault[]] = [
  { kind: 'lost-after' },
  { kind: 'lost-before' },
  { kind: 'kill-after' },
  { kind: 'status', status: 500, done: true },
  { kind: 'status', status: 504 },
  { kind: 'malformed', how: 'truncated-json' },
  { kind: 'forbidden' },
  { kind: 'rate-limited' },
]

/** A run whose publication was answered in a way that may leave open whether it was done. */
const lostPublication: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  if (luck.happens(0.7)) await twoKeys(stage, { hours: 24 + luck.below(90) })
  stage.cloud.faults.add({ operation: 'secrets.createVersion', fault: luck.one(lostPublications) })
  await postMaybeKilled(stage, { action: luck.one(['rotate', 'rotate', 'revoke']) }, 'operator')
  stage.watch.look()
  stage.clock.advance({ minutes: luck.below(60) + 11 })
  await stage.cleanHourlyRun()
  await stage.settle()
  return stage
}

/** The scenarios that a mutation of the code can be simulated in, by name. */
export const scenarios = {
  'interleaved runs': interleavedLife,
  'one failing call': faulted,
  'a lost publication': lostPublication,
  'the end of the overlap': overlapEnd,
  'a rollback': rollingBack,
  'a leak': leaking,
  'manual edits': editing,
  'keys that expire': expiring,
  'repeated requests': repeating,
  'callers without the right': unentitled,
  'forged credentials': forged,
  'a stolen key of the rotator': stolen,
  'full quotas': fullQuotas,
  'interference between two calls': meanwhile,
  'a frozen instance': frozen,
  'incomplete or lagging lists': lying,
  'a call that never succeeds': stubborn,
  'two clocks': twoClocks,
  'a wrong clock': wrongClock,
  'the last working key': lastKey,
  'no monthly CRON': noCron,
  'a deleted secret': deletedSecret,
  'several keys': severalLife,
  'consumers of several keys': severalConsumers,
  'a full organization': fullOrganization,
  'many slow keys': slowKeys,
  'many keys at once': keysAtOnce,
  'interleaved runs of several keys': severalInterleavedLife,
} as const satisfies Record<string, Life>

/** The name of a scenario. */
export type ScenarioName = keyof typeof scenarios

/** The names of all scenarios. */
export const scenarioNames: readonly ScenarioName[] = Object.keys(scenarios).filter(isScenarioName)

/** True for the name of a scenario. */
export function isScenarioName(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}
