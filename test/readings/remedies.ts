import type { Readings } from '../fake-scaleway/index.ts'
import type { Settings } from './deployment.ts'

type Remedies = { readonly [Fact in keyof Readings]?: { readonly [Reading in Readings[Fact]]?: Settings } }

/** What is to be set under a reading; under all others nothing. */
const remedies: Remedies = {
  credentialHeaders: { neither: { send_caller_key: true } },
  resourceId: { 'absent-on-access': { bind_to_secrets: false } },
  disableVersion: { 'full-access': { rotator_extra_permission_sets: ['SecretManagerFullAccess'] } },
  listKeys: { 'needs-read-only': { rotator_extra_permission_sets: ['IAMApplicationReadOnly'] } },
}

/** Gives the settings that these readings ask for together. */
export function settingsFor(readings: Partial<Readings>): Settings {
  const asked = Object.entries(readings).map(([fact, reading]): Settings => {
    const ofFact = new Map(Object.entries(remedies)).get(fact) ?? {}
    return new Map<string, Settings>(Object.entries(ofFact)).get(reading) ?? {}
  })
  const sets = asked.flatMap(({ rotator_extra_permission_sets: extra = [] }) => extra)
  return Object.assign({}, ...asked, sets.length > 0 && { rotator_extra_permission_sets: sets })
}
