import { test } from 'vitest'
import { allReadings, defaultReadings, type Readings } from '../fake-scaleway/index.ts'
import { atEnd } from './at-end.ts'
import { liveUnder } from './journey.ts'
import { settingsFor } from './remedies.ts'

test('a deployment lives under the default readings, and its application is never refused for good', async () => {
  await liveUnder({ readings: {}, atEnd })
})

const others = Object.entries(allReadings).flatMap(([fact, readings]) =>
  readings
    .filter(reading => !Object.entries(defaultReadings).some(([name, value]) => name === fact && value === reading))
    .map(reading => ({ fact, reading })),
)

test.each(others)('the same under $fact $reading, with what it asks for', async ({ fact, reading }) => {
  const readings: Partial<Readings> = { [fact]: reading }
  await liveUnder({ readings, settings: settingsFor(readings), atEnd })
})
