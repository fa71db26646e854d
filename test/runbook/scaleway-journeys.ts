import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { expectNoSecret } from '../support/secrets.ts'
import { expectWell, type Journey } from './journey.ts'
import { publish } from './published.ts'
import { accessKeys, type StackWorld, served, statuses } from './stack-world.ts'
import { watchCurl } from './watched-curl.ts'

const day = 24

/** The blocks that call Scaleway itself or retrieval, and those that only look. */
export const scalewayJourneys: readonly Journey<StackWorld>[] = [
  {
    block: 'First 1',
    title: 'sets all up so that keys reach curl on its input and never among its arguments',
    live: async (world, run) => {
      await run()
      publish(world.past, 1)
      const curl = await watchCurl(world.stack)
      expectWell('An application gets no key 1', await world.again('An application gets no key 1', curl.env))
      await world.again('Look 2', curl.env)
      await world.again('Keys and versions by hand 1', curl.env)
      const { ids, cloud } = world.stack
      const seen = await curl.arguments()
      expect(seen).toContain(`/secrets/${ids.secretId}/versions`)
      expectNoSecret([seen], [ids.operator.secretKey, ids.consumer.secretKey, cloud.owner.secretKey])
    },
  },
  {
    block: 'Look 1',
    title: 'npm run status ends with 0 when all is well',
    live: async (world, run) => {
      publish(world.past, 1)
      await run()
    },
  },
  {
    block: 'An application gets no key 1',
    title: 'a consumer’s own call is made, and the secret key is not shown',
    live: async (world, run) => {
      publish(world.past, 1)
      const { stdout } = await run()
      const { API_KEY, SECRET_KEY } = served(world)
      expect(JSON.parse(stdout).API_KEY).toBe(API_KEY)
      expectNoSecret([stdout], [SECRET_KEY])
    },
  },
  {
    block: 'Blocked by a quota 1',
    title: 'shows the keys of the organization, and how long a key may live',
    live: async (world, run) => {
      publish(world.past, 1)
      await run()
    },
  },
  {
    block: 'Keys and versions by hand 1',
    title: 'shows the versions, newest first, and the application’s keys',
    live: async (world, run) => {
      publish(world.past, 60 * day)
      publish(world.past, 2 * day)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      await run()
    },
  },
  {
    block: 'Keys and versions by hand 2',
    title: 'a version is deleted, and can be restored',
    live: async (world, run) => {
      publish(world.past, 60 * day)
      publish(world.past, 2 * day)
      expect((await run({ env: { REVISION: '1' } })).stderr).toContain('HTTP 204')
      expect(statuses(world)).toEqual(['enabled', 'scheduled_for_deletion'])
      world.past.cloud.secrets.restoreVersion(world.past.secretId, 1)
    },
  },
  {
    block: 'Keys and versions by hand 3',
    title: 'a key is deleted; without its name nothing is sent',
    live: async (world, run) => {
      const { accessKey } = publish(world.past, 1)
      const missing = await world.again('Keys and versions by hand 3')
      expect([missing.code, accessKeys(world)]).toEqual([expect.any(Number), [accessKey]])
      expect(missing.code).not.toBe(0)
      expect((await run({ env: { ACCESS_KEY: accessKey } })).stderr).toContain('HTTP 204')
      expect(accessKeys(world)).toEqual([])
    },
  },
  {
    block: 'A version added by hand 1',
    title: 'a version added by hand is disabled, and the one before is served',
    live: async (world, run) => {
      publish(world.past, 3 * day)
      publish(world.past, 2 * day)
      addByHand(world)
      const application = await world.again('An application gets no key 1')
      expect(JSON.parse(application.stdout).error).toBe('unexpected-payload')
      await run({ env: { REVISION: '3' } })
      expect(served(world).revision).toBe(2)
    },
  },
  {
    block: 'A version added by hand 2',
    title: 'a key is published above a version added by hand',
    live: async (world, run) => {
      publish(world.past, 2 * day)
      addByHand(world)
      expect(JSON.parse((await run()).stdout).rotated).toBe(true)
      expect(served(world).revision).toBe(3)
      const { problems } = JSON.parse((await world.again('Look 2')).stdout)
      expect(JSON.stringify(problems)).not.toContain('foreign-served')
    },
  },
  {
    block: "The operator's credential is lost 2",
    title: 'gives the sum of a secret key that is typed',
    live: async (_, run) => {
      const typed = crypto.randomUUID()
      const { stdout } = await run({ typed })
      expect(stdout).toBe(`${createHash('sha256').update(typed).digest('hex')}\n`)
    },
  },
]

function addByHand({ past: { cloud, secretId } }: StackWorld): void {
  cloud.secrets.addVersion(secretId, { data: '{"by":"hand"}' })
}
