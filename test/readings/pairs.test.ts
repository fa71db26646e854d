import { describe, test } from 'vitest'
import { allReadings, type Readings } from '../fake-scaleway/index.ts'
import { atEnd } from './at-end.ts'
import { liveUnder } from './journey.ts'
import { settingsFor } from './remedies.ts'

/** The whole journey under readings that meet, with what each of them asks for. */
const lives = (readings: Partial<Readings>) => liveUnder({ readings, settings: settingsFor(readings), atEnd })

/** Which header is left decides what a function sees, and the gate which of its values: a caller must be the one that was checked. */
describe('credential headers and a gate that shows the function another value', () => {
  test.each(allReadings.credentialHeaders)('%s', credentialHeaders =>
    lives({ credentialHeaders, gate: 'checks-first-passes-last' }),
  )
})

/** Two remedies in one policy: neither may take away what the other gives. */
describe('rights that ask for two settings', () => {
  test.each<Partial<Readings>>([
    { resourceId: 'absent-on-access', listKeys: 'needs-read-only' },
    { resourceId: 'absent-on-access', disableVersion: 'full-access' },
    { resourceId: 'absent-on-version-create', disableVersion: 'full-access' },
    { listKeys: 'needs-read-only', disableVersion: 'full-access' },
  ])('%o', lives)
})

/** A run that waits for its key is still at it when it is called again, or when its caller has gone. */
describe('a new key that works late, and CRON calls that come twice, again, or hang up', () => {
  const late = ['after-2-min', 'endpoints-differ'] as const
  const deliveries = ['twice', 'repeated', 'cut-off'] as const
  test.each(late.flatMap(newKey => deliveries.map(cronDelivery => ({ newKey, cronDelivery }))))('%o', lives)
})

/** A 403 proves a key only if it is not a refusal of the key itself: else a key would be published that does not work yet. */
describe('a new key that works late, and a refusal that looks like one for lack of rights', () => {
  test.each(allReadings.newKey.filter(reading => reading !== 'at-once'))('%s', newKey =>
    lives({ newKey, refusedKey: '403' }),
  )
})

/** What is served is old for longer than a key takes to be refused: an application must renew on either refusal. */
describe('latest_enabled behind, and what makes an older key fail or a newer one late', () => {
  test.each<Partial<Readings>>([
    { latestEnabled: 'behind', refusedKey: '403' },
    { latestEnabled: 'behind', newKey: 'after-2-min' },
    { latestEnabled: 'behind', newKey: 'endpoints-differ' },
    { latestEnabled: 'behind', cronDelivery: 'twice' },
  ])('%o', lives)
})

/** The instance is busy for as long as it starts, or proves a key: what comes meanwhile is refused, and must come again. */
describe('parallel requests refused, and what keeps the only instance busy', () => {
  test.each<Partial<Readings>>([
    { parallelRequests: 'refused-429', coldStart: '60-s' },
    { parallelRequests: 'refused-503', coldStart: '60-s' },
    { parallelRequests: 'refused-429', newKey: 'after-2-min' },
    { parallelRequests: 'refused-503', cronDelivery: 'twice' },
    { parallelRequests: 'refused-503', cronDelivery: 'repeated' },
  ])('%o', lives)
})

/** Everything at its worst together, with all settings: no remedy may depend on another fact being kind. */
test('every fact at its hardest', () =>
  lives({
    credentialHeaders: 'neither',
    gate: 'checks-first-passes-last',
    resourceId: 'absent-on-access',
    disableVersion: 'full-access',
    listKeys: 'needs-read-only',
    cronDelivery: 'twice',
    newKey: 'after-2-min',
    latestEnabled: 'behind',
    refusedKey: '403',
    coldStart: '60-s',
    parallelRequests: 'refused-503',
  }))
