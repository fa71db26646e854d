import { type Deployment, deploy } from '../support/rotation.ts'

/** A task of the rotator: how a deployment is prepared for it, and then a step that succeeds or does not. */
interface RotatorJourney {
  readonly prepare: (deployment: Deployment) => Promise<void>
  readonly succeeds: (deployment: Deployment) => Promise<boolean>
}

/** Makes the deployment that every journey begins with: superseded versions are pruned as soon as their key is deleted. */
export function newDeployment(): Deployment {
  return deploy({ settings: { keep_versions: 0 } })
}

/** Every journey of the rotator, by name. */
export const rotatorJourneys: Readonly<Record<string, RotatorJourney>> = {
  status: {
    prepare: rotated,
    succeeds: async ({ rotation }) => (await rotation.status()).status === 200,
  },
  rotate: {
    prepare: async () => undefined,
    succeeds: async ({ rotation, served }) => {
      const { body } = await rotation.post()
      return body.rotated === true && served() !== undefined
    },
  },
  tend: {
    prepare: async () => undefined,
    succeeds: async deployment => (await hourlyRun(deployment)) && deployment.served() !== undefined,
  },
  retire: {
    prepare: superseded,
    succeeds: async deployment => (await hourlyRun(deployment)) && statuses(deployment) === 'enabled disabled',
  },
  'revoke of old keys': {
    prepare: async deployment => {
      await superseded(deployment)
      await hourlyRun(deployment)
    },
    succeeds: async deployment => (await hourlyRun(deployment)) && deployment.keys().length === 1,
  },
  prune: {
    prepare: async deployment => {
      await superseded(deployment)
      await hourlyRun(deployment)
      await hourlyRun(deployment)
    },
    succeeds: async deployment =>
      (await hourlyRun(deployment)) && statuses(deployment) === 'enabled scheduled_for_deletion',
  },
  rollback: {
    prepare: rotatedTwice,
    succeeds: async ({ rotation, served }) => {
      const { status } = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
      return status === 200 && served()?.revision === 1
    },
  },
  'revoke (compromise)': {
    prepare: rotatedTwice,
    succeeds: async ({ rotation, served, keys }) => {
      const { status } = await rotation.post({ action: 'revoke' }, 'operator')
      return status === 200 && served()?.revision === 3 && keys().length === 1
    },
  },
}

async function rotated({ rotation, clock }: Deployment): Promise<void> {
  await rotation.post()
  clock.advance({ hours: 1 })
}

async function rotatedTwice(deployment: Deployment): Promise<void> {
  await rotated(deployment)
  deployment.clock.advance({ days: 30 })
  await rotated(deployment)
}

/** The first key's overlap is over: three hourly runs retire its version, delete the key and prune the version. */
async function superseded(deployment: Deployment): Promise<void> {
  await rotatedTwice(deployment)
  deployment.clock.advance({ hours: 121 })
}

async function hourlyRun({ rotation, clock }: Deployment): Promise<boolean> {
  const { status } = await rotation.post({ action: 'tend' })
  clock.advance({ hours: 1 })
  return status === 200
}

/** Newest first. */
function statuses({ versions }: Deployment): string {
  return versions()
    .map(({ status }) => status)
    .join(' ')
}
