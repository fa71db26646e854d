import { expect } from 'vitest'
import type { Journey } from './journey.ts'
import { type Past, publish } from './published.ts'
import type { StackWorld } from './stack-world.ts'

/** The keys of the deployment that the runbook takes as an example of several, and one that it does not name. */
export const severalNames = ['billing', 'mailer', 'search']

/** The blocks that only a deployment with several keys can show. */
export const severalKeysJourneys: readonly Journey<StackWorld>[] = [
  {
    block: 'One of several keys 1',
    title: 'the status is that of the key that was named, however the others are',
    play: async (world, run) => {
      publish(pastOf(world, 'billing'), 1)
      await run()
    },
  },
  {
    block: 'A key leaked 2',
    title: 'several keys that leaked are replaced by one request, and no other key is',
    play: async (world, run) => {
      const leaked = ['billing', 'mailer'].map(name => publish(pastOf(world, name), 48))
      const spared = publish(pastOf(world, 'search'), 48)
      await run()
      const { cloud } = world.stack
      expect(leaked.map(({ secretKey }) => cloud.authenticates(secretKey))).toEqual([false, false])
      expect(cloud.authenticates(spared.secretKey)).toBe(true)
    },
  },
]

function pastOf({ stack: { ids }, past }: StackWorld, name: string): Past {
  const key = ids.keys.find(candidate => candidate.name === name)
  if (key === undefined) throw new Error(`There is no key ${name}.`)
  return { ...past, applicationId: key.applicationId, secretId: key.secretId }
}
