import { callerMutations } from './callers-list.ts'
import { type CoveredClause, coveredClauses } from './covered-list.ts'
import { issueReasonMutations } from './issue-reason-list.ts'
import { issueRefusalMutations } from './issue-refusal-list.ts'
import { leakMutations } from './leak-list.ts'
import type { Mutation } from './mutation.ts'
import { observingMutations } from './observing-list.ts'
import { ownKeysMutations } from './own-keys-list.ts'
import { publishingMutations } from './publishing-list.ts'
import { retiringMutations } from './retiring-list.ts'
import { revokingMutations } from './revoking-list.ts'
import { rollbackMutations } from './rollback-list.ts'
import { runningMutations } from './running-list.ts'
import { severalAnswersMutations } from './several-answers-list.ts'
import { severalKeysMutations } from './several-keys-list.ts'

/** True for a clause whose removal alone shows no violation. */
export function isCovered(mutation: Mutation): mutation is CoveredClause {
  return coveredClauses.some(({ name }) => name === mutation.name)
}

/** Every rule and clause that is switched off, one at a time. */
export const mutations: readonly Mutation[] = [
  ...observingMutations,
  ...runningMutations,
  ...issueReasonMutations,
  ...issueRefusalMutations,
  ...publishingMutations,
  ...retiringMutations,
  ...revokingMutations,
  ...rollbackMutations,
  ...leakMutations,
  ...callerMutations,
  ...ownKeysMutations,
  ...severalKeysMutations,
  ...severalAnswersMutations,
  ...coveredClauses,
]
