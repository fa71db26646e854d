import { cachingConsumers } from './caching-consumers.ts'
import { pairsOfFaults, singleFaults } from './fault-proofs.ts'
import { interleavedLives, randomLives } from './lives-proofs.ts'
import type { Proof } from './proof.ts'
import { consumerFloods, operatorForces } from './quota-floods.ts'
import { tenYearsOfTicks } from './ten-years.ts'

/** All proofs, in the order of the table. */
export const proofs: readonly Proof[] = [
  singleFaults,
  pairsOfFaults,
  interleavedLives,
  randomLives,
  tenYearsOfTicks,
  consumerFloods,
  operatorForces,
  cachingConsumers,
]
