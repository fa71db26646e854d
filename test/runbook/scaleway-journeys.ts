import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { expectNoSecret } from '../support/secrets.ts'
import { expectWell, type Journey } from './journey.ts'
import { publish } from './published.ts'
import { accessKeys, type StackWorld, served, statuses } from './stack-world.ts'
import { watchCurl } from './watched-curl.ts'

const day = 24

/** The blocks that call Scaleway itself or retrieval, and those that only set up or look. */
export const scalewayJourneys: readonly Journey<StackWorld>[] = [
  {
    block: 'Set up 1',
    title: 'keys reach curl on standard input and are never among its arguments',
    play: async (world, run) => {
      await run()
      publish(world.past, 1)
      const curl = await watchCurl(world.stack)
      expectWell('An application gets no key 1', await world.again('An application gets no key 1', curl.env))
      await world.again('Look 2', curl.env)
      await world.again('Delete keys and versions manually 1', curl.env)
      const { ids, cloud } = world.stack
      const seen = await curl.arguments()
      expect(seen).toContain(`/secrets/${ids.secretId}/versions`)
      expectNoSecret([seen], [ids.operator.secretKey, ids.consumer.secretKey, cloud.owner.secretKey])
    },
  },
  {
    block: 'Set up 2',
    title: 'a URL and a token that are typed are enough, and the token is not shown',
    play: async ({ stack }, run) => {
      const { ROTATION_URL = '', RETRIEVAL_URL = '', TOKEN = '' } = stack.holderEnv
      const typed = [ROTATION_URL, RETRIEVAL_URL, TOKEN].join('\n')
      const { stdout, stderr } = await run({ env: { ROTATION_URL: '', RETRIEVAL_URL: '', TOKEN: '' }, typed })
      expect(stderr).toContain(`rotation at ${ROTATION_URL}, retrieval at ${RETRIEVAL_URL}`)
      expectNoSecret([stdout, stderr], [TOKEN])
    },
  },
  {
    block: 'Look 1',
    title: 'npm run status ends with 0 when all is well',
    play: async (world, run) => {
      publish(world.past, 1)
      await run()
    },
  },
  {
    block: 'Look 3',
    title: 'npm run status ends with 0 with a URL and a token alone',
    play: async (world, run) => {
      publish(world.past, 1)
      expect((await run()).stdout).toContain('healthy')
    },
  },
  {
    block: 'An application gets no key 1',
    title: 'a consumer’s own call is made, and the secret key is not shown',
    play: async (world, run) => {
      publish(world.past, 1)
      const { stdout } = await run()
      const { API_KEY, SECRET_KEY } = served(world)
      expect(JSON.parse(stdout).API_KEY).toBe(API_KEY)
      expectNoSecret([stdout], [SECRET_KEY])
    },
  },
  {
    block: 'An application gets no key 2',
    title: 'the URL and a consumer’s token are enough to make its call',
    play: async (world, run) => {
      publish(world.past, 1)
      const { stdout } = await run({ env: { TOKEN: world.stack.ids.consumer.secretKey, ROTATION_URL: '' } })
      expect(JSON.parse(stdout).API_KEY).toBe(served(world).API_KEY)
    },
  },
  {
    block: 'Blocked by a quota 1',
    title: 'shows the keys of the organization, and the longest lifetime of a key',
    play: async (world, run) => {
      publish(world.past, 1)
      await run()
    },
  },
  {
    block: 'Delete keys and versions manually 1',
    title: 'shows the versions, newest first, and the application’s keys',
    play: async (world, run) => {
      publish(world.past, 60 * day)
      publish(world.past, 2 * day)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      await run()
    },
  },
  {
    block: 'Delete keys and versions manually 2',
    title: 'a version is deleted, and can be restored',
    play: async (world, run) => {
      publish(world.past, 60 * day)
      publish(world.past, 2 * day)
      expect((await run({ env: { REVISION: '1' } })).stderr).toContain('HTTP 204')
      expect(statuses(world)).toEqual(['enabled', 'scheduled_for_deletion'])
      world.past.cloud.secrets.restoreVersion(world.past.secretId, 1)
    },
  },
  {
    block: 'Delete keys and versions manually 3',
    title: 'a key is deleted; without its name nothing is sent',
    play: async (world, run) => {
      const { accessKey } = publish(world.past, 1)
      const missing = await world.again('Delete keys and versions manually 3')
      expect([missing.code, accessKeys(world)]).toEqual([expect.any(Number), [accessKey]])
      expect(missing.code).not.toBe(0)
      expect((await run({ env: { ACCESS_KEY: accessKey } })).stderr).toContain('HTTP 204')
      expect(accessKeys(world)).toEqual([])
    },
  },
  {
    block: 'A key that nobody of you made 1',
    title: 'shows whose key it is, when it was made and from where',
    play: async (world, run) => {
      const { cloud, ids } = world.stack
      const { accessKey } = cloud.iam.createApiKey({ applicationId: ids.applicationId })
      const { problems } = JSON.parse((await world.again('Look 2')).stdout)
      expect(problems).toContainEqual(expect.objectContaining({ code: 'foreign-key', alarming: true }))
      await run({ env: { ACCESS_KEY: accessKey } })
    },
  },
  {
    block: 'A version added manually 1',
    title: 'a version added manually is disabled, and the one before it is served',
    play: async (world, run) => {
      publish(world.past, 3 * day)
      publish(world.past, 2 * day)
      addManually(world)
      const application = await world.again('An application gets no key 1')
      expect(JSON.parse(application.stdout).error).toBe('unexpected-payload')
      await run({ env: { REVISION: '3' } })
      expect(served(world).revision).toBe(2)
    },
  },
  {
    block: 'A version added manually 2',
    title: 'a key is published above a version added manually',
    play: async (world, run) => {
      publish(world.past, 2 * day)
      addManually(world)
      expect(JSON.parse((await run()).stdout).rotated).toBe(true)
      expect(served(world).revision).toBe(3)
      const { problems } = JSON.parse((await world.again('Look 2')).stdout)
      expect(JSON.stringify(problems)).not.toContain('foreign-served')
    },
  },
  {
    block: "The operator's credential is lost 2",
    title: 'gives the hash of a secret key that is typed',
    play: async (_, run) => {
      const typed = crypto.randomUUID()
      const { stdout } = await run({ typed })
      expect(stdout).toBe(`${createHash('sha256').update(typed).digest('hex')}\n`)
    },
  },
]

function addManually({ past: { cloud, secretId } }: StackWorld): void {
  cloud.secrets.addVersion(secretId, { data: '{"added":"manually"}' })
}
