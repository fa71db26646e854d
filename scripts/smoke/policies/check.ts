import type { Checker } from '../check.ts'
import type { Deployed } from '../deployed.ts'
import { differences } from './compare.ts'
import type { IamAccess } from './iam-access.ts'
import { lookAtPolicies } from './live.ts'

/**
 * Holds the live policies against what the last apply granted. Where the key of whoever runs this may not look, it says
 * so, which is no failure.
 */
export async function checkPolicies(
  { granted }: Pick<Deployed, 'granted'>,
  access: IamAccess | undefined,
  { found, skipped }: Pick<Checker, 'found' | 'skipped'>,
): Promise<void> {
  if (access === undefined) return skipped(`${notCompared}: ${noKey}`)
  if (granted === undefined) return skipped(`${notCompared}: ${noOutput}`)
  const look = await lookAtPolicies(access, granted)
  if ('unseen' in look) return skipped(`${notCompared}: ${look.unseen}`)
  const different = differences(granted, look.policies)
  const count = Object.keys(granted.applications).length
  found(`${count} applications may do what was granted to them, and nothing else`, different)
  if (look.groups === 'refused') skipped(groupsRefused)
}

const notCompared = 'the live policies are not compared with what was granted'
const noKey = 'there is no SCW_ACCESS_KEY and SCW_SECRET_KEY of a key that may read IAM (IAMReadOnly)'
const noOutput = 'the state is older than the output policies, which an apply adds'
const groupsRefused =
  'policies of groups, All Applications among them, are not looked at: the key in SCW_SECRET_KEY may not list groups (it needs IAMReadOnly)'
