import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect } from 'vitest'
import { call } from '../terraform/called.ts'
import { breakZip } from '../terraform/changed-zip.ts'
import { secretKeysIn } from '../terraform/state.ts'
import type { Journey } from './journey.ts'
import type { StageWorld } from './terraform-stage.ts'

const noChanges = {}

/** The blocks that leave a deployment healthy: they run one after the other on the same one. */
export const mildJourneys: readonly Journey<StageWorld>[] = [
  {
    block: 'The rotation is overdue 2',
    title: 'triggers that a person deleted are created again',
    play: async ({ stage, owner }, run) => {
      for (const { id } of stage.deployments.crons()) await owner('DELETE', `${functionsPath}/crons/${id}`)
      expect(stage.deployments.crons()).toEqual([])
      await run()
      expect(stage.deployments.crons()).toHaveLength(2)
    },
  },
  {
    block: 'Blocked by a quota 2',
    title: 'with a lifetime below the organization’s maximum a key can be made again',
    play: async ({ stage, says }, run) => {
      stage.scaleway.iam.setMaxApiKeyExpirationSeconds(60 * 24 * 3600)
      expect((await says('rotation', { force: true })).error).toBe('blocked')
      await stage.set({ key_lifetime_days: 55 })
      expect((await run()).stdout).toContain('"rotated": true')
      stage.scaleway.iam.setMaxApiKeyExpirationSeconds(0)
    },
  },
  {
    block: 'The secret is deleted 1',
    title: 'a secret that was deleted is restored with its versions, and the plan is empty',
    play: async ({ stage, past, says }, run) => {
      stage.scaleway.secrets.deleteSecret(past.secretId)
      expect((await says('retrieval')).error).toBe('no-key-yet')
      expect((await says('rotation', { force: true })).error).toBe('secret-deleted')
      expect(await says('rotation')).toMatchObject({ problems: [{ code: 'secret-deleted', alarming: true }] })
      expect((await stage.plan()).changes).toEqual(noChanges)
      await run()
      expect(await says('retrieval')).toHaveProperty('API_KEY')
      expect((await says('rotation')).healthy).toBe(true)
      expect((await stage.plan()).changes).toEqual(noChanges)
    },
  },
  {
    block: 'The secret is deleted 2',
    title: 'a secret that the state has lost is imported into it, and nothing is recreated',
    play: async ({ stage, says }, run) => {
      await stage.run('state', 'rm', 'scaleway_secret.rotated["default"]')
      expect((await stage.plan()).changes).toMatchObject({ 'scaleway_secret.rotated["default"]': 'create' })
      await run()
      expect(await says('retrieval')).toHaveProperty('API_KEY')
    },
  },
  {
    block: 'An application in IAM is deleted 1',
    title: 'the rotator’s application is created again, with its key and policy, and smoke finds all well',
    play: async ({ stage, says }, run) => {
      const rotator = stage.scaleway.iam.applications().find(({ name }) => name === 'key-rotation-rotator')
      stage.scaleway.iam.deleteApplication(rotator?.id ?? '')
      expect((await says('rotation')).message).toContain('status 401')
      await run()
      expect((await stage.plan()).changes).toEqual(noChanges)
    },
  },
  {
    block: 'A caller is refused 1',
    title: 'triggers that lost their token are refused, and an apply gives it to them again',
    play: async ({ stage, owner, says }, run) => {
      for (const { id, args } of stage.deployments.crons())
        await owner('PATCH', `${functionsPath}/crons/${id}`, { args: { ...args, token: 'of another key' } })
      for (const name of triggers) expect((await stage.deployments.fire(name)).body).toContain('unknown-caller')
      await run()
      for (const name of triggers) expect((await stage.deployments.fire(name)).status).toBe(200)
      expect((await says('rotation')).healthy).toBe(true)
    },
  },
  {
    block: "The rotator's key expired or leaked 1",
    title: 'the rotator’s key is replaced: the old one stops working, and rotation goes on',
    play: async ({ stage, says }, run) => {
      const { rotator } = await secretKeysIn(stage)
      await run()
      expect(stage.scaleway.authenticates(rotator)).toBe(false)
      expect((await says('rotation')).healthy).toBe(true)
    },
  },
  {
    block: "The rotator's key expired or leaked 2",
    title: 'shows every key of the organization, newest first, with its description',
    play: async ({ stage }, run) => {
      const { stdout } = await run()
      for (const { accessKey } of stage.scaleway.iam.apiKeys()) expect(stdout).toContain(accessKey)
    },
  },
  {
    block: 'A key that nobody of you made 2',
    title: 'a key that was made for the reader is an alarm, and none once it is deleted',
    play: async ({ stage, past, says }, run) => {
      const { accessKey } = makeForReader(past)
      expect(await says('rotation')).toMatchObject({
        healthy: false,
        unknown_keys: [{ application: 'reader', access_key: accessKey }],
        problems: [{ code: 'unknown-key', alarming: true }],
      })
      await run({ env: { ACCESS_KEY: accessKey } })
      expect(await says('rotation')).toMatchObject({ healthy: true, unknown_keys: [] })
      expect((await stage.plan()).changes).toEqual(noChanges)
    },
  },
  {
    block: "The operator's credential is lost 1",
    title: 'the operator’s key is replaced: the old one is refused, the new one is in the outputs',
    play: async ({ stage, says }, run) => {
      const { operatorKey } = await stage.outputs()
      await run()
      expect(stage.scaleway.authenticates(operatorKey ?? '')).toBe(false)
      expect(await says('rotation', { force: true, dry_run: true })).toMatchObject({ dry_run: true })
    },
  },
  {
    block: "A consumer's credential leaked or is lost 1",
    title: 'a consumer’s key is replaced: the old one is refused, the new one fetches',
    play: async ({ stage, says }, run) => {
      const { consumerKeys } = await stage.outputs()
      await run()
      expect(stage.scaleway.authenticates(consumerKeys.app ?? '')).toBe(false)
      expect(await says('retrieval as app')).toHaveProperty('API_KEY')
    },
  },
  {
    block: 'An application gets no key 3',
    title: 'a reader’s key that a person deleted is recreated, and retrieval answers',
    play: async ({ stage, says }, run) => {
      const reader = stage.scaleway.iam.apiKeys().find(({ description }) => description.startsWith('The retrieval'))
      stage.scaleway.iam.deleteApiKey(reader?.accessKey ?? '')
      expect((await says('retrieval')).error).toBe('upstream-refused')
      await run()
      expect(await says('retrieval')).toHaveProperty('API_KEY')
    },
  },
  {
    block: 'A function in error 1',
    title: 'a function whose build failed on the platform is built once more as it is',
    play: async (world, run) => {
      const { stage, restoreBuild } = world
      await breakZip(join(stage.folder, 'dist/rotation.zip'))
      await stage.apply()
      expect(functionStatuses(world)).toContain('error')
      await restoreBuild()
      await uploadRotation(world)
      await run()
      expect(functionStatuses(world)).toEqual(['ready', 'ready'])
      await stage.apply()
    },
  },
  {
    block: 'A function in error 2',
    title: 'a function whose code is wrong is built and deployed again, and smoke finds all well',
    play: async (world, run) => {
      await breakZip(join(world.stage.folder, 'dist/rotation.zip'))
      await world.stage.apply()
      expect(functionStatuses(world)).toContain('error')
      await run()
      expect(functionStatuses(world)).toEqual(['ready', 'ready'])
    },
  },
  {
    block: 'A function in error 3',
    title: 'the rotation function is recreated, with both triggers',
    play: async ({ stage, says }, run) => {
      const before = stage.deployments.functions().map(({ id }) => id)
      await run()
      expect(stage.deployments.functions().filter(({ id }) => before.includes(id))).toHaveLength(1)
      expect(stage.deployments.crons()).toHaveLength(2)
      expect((await says('rotation')).healthy).toBe(true)
    },
  },
  {
    block: 'The state is lost 1',
    title: 'shows the ids of the application and of the secret',
    play: async ({ past }, run) => {
      const { stdout } = await run()
      expect(stdout).toContain(`${past.applicationId}  key-rotation-bearer`)
      expect(stdout).toContain(`${past.secretId}  key-rotation-key`)
    },
  },
  // The last ones: from here on the addresses of the callers' keys are others.
  {
    block: 'A credential ends soon or is old 1',
    title: 'each caller has a second credential, which the outputs give, and both are accepted',
    play: async ({ stage, says }, run) => {
      const { consumerKeys: old, retrievalUrl } = await stage.outputs()
      await stage.set({ consumer_key_generations: [1, 2] })
      await run()
      expect((await stage.outputs()).consumerKeys.app).not.toBe(old.app)
      expect((await call(retrievalUrl, { token: old.app })).status).toBe(200)
      expect(await says('retrieval as app')).toHaveProperty('API_KEY')
      expect((await says('rotation')).healthy).toBe(true)
    },
  },
  {
    block: 'A credential ends soon or is old 2',
    title: 'the older credentials end, the newer ones stay',
    play: async ({ stage, says }, run) => {
      const { 'consumer["app"]': old = '' } = await secretKeysIn(stage)
      await stage.set({ consumer_key_generations: [2] })
      await run()
      expect(stage.scaleway.authenticates(old)).toBe(false)
      expect(await says('retrieval as app')).toHaveProperty('API_KEY')
      expect((await says('rotation')).healthy).toBe(true)
    },
  },
]

const triggers = ['key-rotation-rotate', 'key-rotation-tend']

const functionsPath = '/functions/v1beta1/regions/fr-par'

/** Makes a key as whoever holds the rotator's could, an hour ago: an apply makes keys as well, which are none of its. */
function makeForReader({ cloud, clock }: StageWorld['past']) {
  const reader = cloud.iam.applications().find(({ name }) => name.endsWith('-reader'))
  return clock.ago(1, () => cloud.iam.createApiKey({ applicationId: reader?.id ?? '' }))
}

function functionStatuses({ stage }: StageWorld): string[] {
  return stage.deployments.functions().map(({ status }) => status)
}

/** Uploads the good code, as if it had been there all the time and only its build had failed. */
async function uploadRotation({ stage, owner }: StageWorld): Promise<void> {
  const { id } = stage.deployments.functions().find(({ name }) => name === 'key-rotation-rotation') ?? { id: '' }
  const zip = await readFile(join(stage.folder, 'dist/rotation.zip'))
  const place = await owner('GET', `${functionsPath}/functions/${id}/upload-url?content_length=${zip.byteLength}`)
  const { url, headers } = v.parse(
    v.object({ url: v.string(), headers: v.record(v.string(), v.array(v.string())) }),
    place,
  )
  const flat = Object.fromEntries(Object.entries(headers).map(([name, [value = '']]) => [name, value]))
  const { status } = await fetch(url, { method: 'PUT', headers: flat, body: zip })
  expect(status).toBe(200)
}
