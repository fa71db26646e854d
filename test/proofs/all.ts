import { cachingConsumers } from './caching-consumers.ts'
import { dailySchedule } from './daily-schedule.ts'
import { directedLives } from './directed-proof.ts'
import { pairsOfFaults, singleFaults } from './fault-proofs.ts'
import type { Proof } from './harness/proof.ts'
import { hostileEvents } from './hostile/hostile-events.ts'
import { interleavedLives, randomLives, severalInterleaved, severalLives } from './lives-proofs.ts'
import { loadProof } from './load/load.ts'
import { malformedAnswers } from './malformed/malformed-answers.ts'
import { mutationsProof } from './mutations.ts'
import { operatorForces } from './operator-forces.ts'
import { secrecy } from './secrecy/secrecy.ts'
import { soakProof } from './soak/soak.ts'
import { tenYearsProof } from './ten-years.ts'

/** All proofs, in the order of the table. */
export const proofs: readonly Proof[] = [
  singleFaults,
  pairsOfFaults,
  interleavedLives,
  randomLives,
  severalLives,
  severalInterleaved,
  directedLives,
  tenYearsProof,
  dailySchedule,
  operatorForces,
  cachingConsumers,
  secrecy,
  hostileEvents,
  malformedAnswers,
  mutationsProof,
  soakProof,
  loadProof,
]
