import type { FakeScaleway } from '../../test/fake-scaleway/index.ts'
import { callerVariables, type Identities, identityVariables } from './identities.ts'

/** How long each function may take, in seconds: the defaults of `variables.tf`. */
export const timeoutSeconds = { rotation: 300, retrieval: 60 } as const

/** When the CRON rotates: the default of `variables.tf`. */
export const rotationSchedule = '0 2 1 * *'

/** What the settings are made from. */
interface SettingsSource {
  readonly scaleway: Pick<FakeScaleway, 'region' | 'projectId'>
  readonly scalewayUrl: string
  readonly identities: Identities
}

/** Gives the environment of both functions, as `main.tf` sets it, with the defaults of `variables.tf`. */
export function functionSettings({ scaleway, scalewayUrl, identities }: SettingsSource) {
  const { secretId, applicationId, rotator, reader } = identities
  const both = {
    API_URL: scalewayUrl,
    REGION: scaleway.region,
    SECRET_ID: secretId,
    ...callerVariables(identities),
  }
  return {
    rotation: {
      ...both,
      ...identityVariables(identities),
      APPLICATION_ID: applicationId,
      DEFAULT_PROJECT_ID: scaleway.projectId,
      ROTATOR_ACCESS_KEY: rotator.accessKey,
      ROTATOR_SECRET_KEY: rotator.secretKey,
      OVERLAP_HOURS: '120',
      KEY_LIFETIME_DAYS: '90',
      MAX_KEY_AGE_DAYS: '35',
      KEEP_VERSIONS: '3',
      TIMEOUT_SECONDS: String(timeoutSeconds.rotation),
      ROTATION_SCHEDULE: rotationSchedule,
    },
    retrieval: {
      ...both,
      READER_SECRET_KEY: reader.secretKey,
      CACHE_SECONDS: '60',
      STALE_SECONDS: '300',
      TIMEOUT_SECONDS: String(timeoutSeconds.retrieval),
    },
  }
}
