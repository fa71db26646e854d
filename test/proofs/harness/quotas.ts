import type { Stage } from './stage.ts'

const refusedForQuota = new Set(['secrets.createVersion', 'iam.createApiKey'])

/** Our limits are reached before Scaleway's: it never refuses a call because of a quota. */
export function expectQuotasUntouched({ cloud, watch }: Stage): void {
  const refused = cloud.log.entries.find(({ operation, status }) => refusedForQuota.has(operation) && status === 403)
  if (refused !== undefined) watch.note('no quota is exceeded', `Scaleway refused ${refused.operation}`)
}

/** The figures of a simulated run about quotas. */
export function quotaFigures({ cloud, history, watch }: Stage): Record<string, number> {
  const { entries } = cloud.log
  const published = entries.filter(({ operation, status }) => operation === 'secrets.createVersion' && status === 200)
  return {
    calls: entries.length,
    rotations: published.length,
    asked: history.length,
    'most versions': watch.most.versions,
    'most keys': watch.most.keys,
  }
}
