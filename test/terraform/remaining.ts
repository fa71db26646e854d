import { execFileSync } from 'node:child_process'
import type { Stage } from './stage.ts'

/** Counts what Terraform made and what runs: all 0 when nothing is left. The owner's own key is not counted. */
export async function leftOver({ scaleway, deployments, url }: Pick<Stage, 'scaleway' | 'deployments' | 'url'>) {
  const { iam, owner } = scaleway
  const namespaces = await fetch(`${url}/functions/v1beta1/regions/fr-par/namespaces`, {
    headers: { 'X-Auth-Token': owner.secretKey },
  })
  const listed: unknown = await namespaces.json()
  return {
    applications: iam.applications().length,
    keys: iam.apiKeys().filter(({ userId }) => userId === undefined).length,
    policies: iam.policies().length,
    namespaces:
      typeof listed === 'object' && listed !== null && 'total_count' in listed ? listed.total_count : undefined,
    functions: deployments.functions().length,
    crons: deployments.crons().length,
  }
}

/** The counts when nothing is left. */
export const nothing = { applications: 0, keys: 0, policies: 0, namespaces: 0, functions: 0, crons: 0 }

/** Gives the ids of the function processes that this process has started and that still run. */
export function functionProcesses(): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return lines
    .map(line => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...args]) => Number(parent) === process.pid && args.some(arg => arg.endsWith('/functions/host.mjs')),
    )
    .map(([pid]) => Number(pid))
}
