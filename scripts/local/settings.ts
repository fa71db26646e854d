import type { FakeScaleway } from '../../test/fake-scaleway/index.ts'
import { callerVariables, type Identities, identityVariables, keyVariables } from './identities.ts'

/** How long each function may take, in seconds: the defaults of `variables.tf`. */
export const timeoutSeconds = { rotation: 300, retrieval: 60 } as const

/** When the CRON rotates: the default of `variables.tf`. */
export const rotationSchedule = '0 2 1 * *'

/** How long an older key works on after a rotation: the default of `variables.tf`. */
export const overlapHours = 120

/** What the settings are made from. */
interface SettingsSource {
  readonly scaleway: Pick<FakeScaleway, 'region' | 'projectId'>
  readonly scalewayUrl: string
  readonly identities: Identities
}

/** Gives the environment of both functions, as `main.tf` sets it, with the defaults of `variables.tf`. */
export function functionSettings({ scaleway, scalewayUrl, identities }: SettingsSource) {
  const { rotator, reader } = identities
  const both = { API_URL: scalewayUrl, ...callerVariables(identities) }
  const keys = keyVariables(identities, {
    ...scaleway,
    settings: {
      overlap_hours: overlapHours,
      key_lifetime_days: 90,
      max_key_age_days: 35,
      keep_versions: 3,
      rotation_schedule: rotationSchedule,
    },
  })
  return {
    rotation: {
      ...both,
      ...identityVariables(identities),
      ...keys.rotation,
      ROTATOR_ACCESS_KEY: rotator.accessKey,
      ROTATOR_SECRET_KEY: rotator.secretKey,
      API_KEY_QUOTA: '50',
      CREDENTIAL_MAX_AGE_DAYS: '365',
      TIMEOUT_SECONDS: String(timeoutSeconds.rotation),
    },
    retrieval: {
      ...both,
      ...keys.retrieval,
      READER_SECRET_KEY: reader.secretKey,
      CACHE_SECONDS: '60',
      STALE_SECONDS: '300',
      TIMEOUT_SECONDS: String(timeoutSeconds.retrieval),
    },
  }
}
