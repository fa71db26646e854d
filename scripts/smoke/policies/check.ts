import { setTimeout as pause } from 'node:timers/promises'
import type { Checker } from '../check.ts'
import type { Deployed } from '../deployed.ts'
import { differences } from './compare.ts'
import type { IamAccess } from './iam-access.ts'

/** What is compared: the grants of the last apply with what this key sees. */
interface Comparison {
  readonly granted: Deployed['granted']
  readonly access: IamAccess | undefined
  /** How long a difference may take to pass by itself. */
  readonly waitSeconds: number
}

/** How far a list may lag behind an apply (docs/scaleway.md#propagation). */
const listLagSeconds = 60

/**
 * Holds the live policies against what the last apply granted. Where the key of whoever runs this may not look, it says
 * so, which is no failure.
 */
export async function checkPolicies(
  { granted, access, waitSeconds }: Comparison,
  { found, skipped }: Pick<Checker, 'found' | 'skipped'>,
): Promise<void> {
  if (access === undefined) return skipped(`${notCompared}: ${noKey}`)
  if (granted === undefined) return skipped(`${notCompared}: ${noOutput}`)
  // Loading the SDK takes a second or two, which is lost where nothing is looked at.
  const { lookAtPolicies } = await import('./live.ts')
  const seen = async () => {
    const look = await lookAtPolicies(access, granted)
    return 'unseen' in look ? look : { ...look, different: differences(granted, look.policies) }
  }
  let look = await seen()
  if ('different' in look && look.different.length > 0 && waitSeconds > 0) {
    await pause(Math.min(waitSeconds, listLagSeconds) * 1000)
    look = await seen()
  }
  if ('unseen' in look) return skipped(`${notCompared}: ${look.unseen}`)
  const count = Object.keys(granted.applications).length
  found(`${count} applications may do what was granted to them, and nothing else`, look.different)
  if (look.groups === 'refused') skipped(groupsRefused)
}

const notCompared = 'the live policies are not compared with what was granted'
const noKey = 'there is no SCW_ACCESS_KEY and SCW_SECRET_KEY of a key that may read IAM (IAMReadOnly)'
const noOutput = 'the state is older than the output policies, which an apply adds'
const groupsRefused =
  'policies of groups, All Applications among them, are not looked at: the key in SCW_SECRET_KEY may not list groups (it needs IAMReadOnly)'
