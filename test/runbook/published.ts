import { describeKey, describeVersion } from '../../functions/rotation/plan/markers.ts'
import type { FakeScaleway } from '../fake-scaleway/index.ts'
import type { ShiftedClock } from './shifted-clock.ts'

/** A local Scaleway on which keys and versions of the past can be created. */
export interface Past {
  readonly cloud: FakeScaleway
  readonly clock: ShiftedClock
  readonly applicationId: string
  readonly secretId: string
}

const runId = '00000000-0000-4000-8000-000000000000'
const dayMs = 24 * 3_600_000

/** Creates a key as a rotation of so many hours ago did, without publishing it; gives it. */
export function makeKey({ cloud, clock, applicationId, secretId }: Past, hoursAgo: number) {
  return clock.ago(hoursAgo, () =>
    cloud.iam.createApiKey({
      applicationId,
      description: describeKey({ secretId, runId }, clock.now()),
      expiresAt: new Date(clock.now().getTime() + 90 * dayMs),
      defaultProjectId: cloud.projectId,
    }),
  )
}

/** Creates and publishes a key as a rotation of so many hours ago did; gives it. */
export function publish(past: Past, hoursAgo: number) {
  const key = makeKey(past, hoursAgo)
  const { cloud, clock, secretId } = past
  clock.ago(hoursAgo, () =>
    cloud.secrets.addVersion(secretId, {
      data: JSON.stringify({ API_KEY: key.accessKey, SECRET_KEY: key.secretKey }),
      description: describeVersion({ accessKey: key.accessKey, runId, compromise: false }, clock.now()),
    }),
  )
  return key
}
