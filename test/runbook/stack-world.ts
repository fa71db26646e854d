import type { Ran } from '../terraform/command.ts'
import { envFor, runBlock } from './journey.ts'
import type { Past } from './published.ts'
import type { Stack } from './stack.ts'

/** What a journey without Terraform has. */
export interface StackWorld {
  readonly stack: Stack
  readonly past: Past
  /** Runs a block once more, whatever its outcome. */
  again(block: string, env?: Readonly<Record<string, string>>): Promise<Ran>
}

/** Gives the world of a stack. */
export function worldOf(stack: Stack): StackWorld {
  const { cloud, clock, ids } = stack
  return {
    stack,
    past: { cloud, clock, applicationId: ids.applicationId, secretId: ids.secretId },
    again: (block, env = {}) => runBlock({ env: envFor(block, stack) }, block, { env }),
  }
}

/** The access keys of the bearer, oldest first. */
export function accessKeys({ past: { cloud, applicationId } }: StackWorld): string[] {
  return cloud.iam.apiKeys(applicationId).map(({ accessKey }) => accessKey)
}

/** The versions' statuses, newest first. */
export function statuses({ past: { cloud, secretId } }: StackWorld): string[] {
  return cloud.secrets.versions(secretId).map(({ status }) => status)
}

/** What the newest enabled version holds. */
export function served({ past: { cloud, secretId } }: StackWorld): {
  API_KEY: string
  SECRET_KEY: string
  revision: number
} {
  const version = cloud.secrets.versions(secretId).find(({ status }) => status === 'enabled')
  if (version === undefined) throw new Error('No version is enabled.')
  return { ...JSON.parse(cloud.secrets.payload(secretId, version.revision)), revision: version.revision }
}
