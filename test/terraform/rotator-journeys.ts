import { type Deployment, deploy } from '../support/rotation.ts'

/** What the rotator is for: how far a deployment must have lived, and then a step that succeeds or does not. */
interface RotatorJourney {
  readonly lived: (deployment: Deployment) => Promise<void>
  readonly succeeds: (deployment: Deployment) => Promise<boolean>
}

/** Makes the deployment that every journey begins with: superseded versions are pruned as soon as their key is gone. */
export function newDeployment(): Deployment {
  return deploy({ env: { KEEP_VERSIONS: '0' } })
}

/** Every journey of the rotator, by name. */
export const rotatorJourneys: Readonly<Record<string, RotatorJourney>> = {
  status: {
    lived: rotated,
    succeeds: async ({ rotation }) => (await rotation.status()).status === 200,
  },
  rotate: {
    lived: async () => undefined,
    succeeds: async ({ rotation, served }) => {
      const { body } = await rotation.post()
      return body.rotated === true && served() !== undefined
    },
  },
  tend: {
    lived: async () => undefined,
    succeeds: async deployment => (await tick(deployment)) && deployment.served() !== undefined,
  },
  retire: {
    lived: superseded,
    succeeds: async deployment => (await tick(deployment)) && statuses(deployment) === 'enabled disabled',
  },
  'revoke of old keys': {
    lived: async deployment => {
      await superseded(deployment)
      await tick(deployment)
    },
    succeeds: async deployment => (await tick(deployment)) && deployment.keys().length === 1,
  },
  prune: {
    lived: async deployment => {
      await superseded(deployment)
      await tick(deployment)
      await tick(deployment)
    },
    succeeds: async deployment => (await tick(deployment)) && statuses(deployment) === 'enabled scheduled_for_deletion',
  },
  rollback: {
    lived: rotatedTwice,
    succeeds: async ({ rotation, served }) => {
      const { status } = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
      return status === 200 && served()?.revision === 1
    },
  },
  'revoke (compromise)': {
    lived: rotatedTwice,
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

/** The first key's overlap is over: three ticks retire its version, delete it and prune its version. */
async function superseded(deployment: Deployment): Promise<void> {
  await rotatedTwice(deployment)
  deployment.clock.advance({ hours: 121 })
}

async function tick({ rotation, clock }: Deployment): Promise<boolean> {
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
