import { cleanUpMutations } from './clean-up-list.ts'
import { type CoveredClause, coveredClauses } from './covered-list.ts'
import { issueMutations } from './issue-list.ts'
import { leakMutations } from './leak-list.ts'
import type { Mutation } from './mutation.ts'
import { rollbackMutations } from './rollback-list.ts'
import { runMutations } from './run-list.ts'

/** True for a clause that is not missed by itself. */
export function isCovered(mutation: Mutation): mutation is CoveredClause {
  return coveredClauses.some(({ name }) => name === mutation.name)
}

/** Every rule and clause that is switched off, one at a time. */
export const mutations: readonly Mutation[] = [
  ...runMutations,
  ...issueMutations,
  ...cleanUpMutations,
  ...rollbackMutations,
  ...leakMutations,
  ...coveredClauses,
]
