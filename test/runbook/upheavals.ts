import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { leftOver } from '../terraform/remaining.ts'
import { resourcesIn } from '../terraform/state.ts'
import type { Journey } from './journey.ts'
import type { StageWorld } from './terraform-stage.ts'

/** The blocks that make another deployment of it: each runs on a deployment of its own. */
export const upheavals: readonly Journey<StageWorld>[] = [
  {
    block: 'Blocked by a quota 3',
    title: 'a full secret is renamed, and a new one holds the next key',
    play: async ({ stage, past, says }, run) => {
      while (stage.scaleway.secrets.versions(past.secretId).length < 20) {
        const { revision } = stage.scaleway.secrets.addVersion(past.secretId, { data: '{"added":"manually"}' })
        stage.scaleway.secrets.disableVersion(past.secretId, revision)
      }
      expect((await says('rotation', { force: true })).error).toBe('blocked')
      await run()
      const { secretId } = await stage.outputs()
      expect(secretId).not.toBe(past.secretId)
      expect(stage.scaleway.secrets.versions(secretId)).toHaveLength(1)
      expect(await says('retrieval')).toHaveProperty('API_KEY')
    },
  },
  {
    block: 'An application in IAM is deleted 2',
    title: 'the application whose key is rotated is created again, and its first key replaces the dead one',
    play: async ({ stage, past, says }, run) => {
      stage.scaleway.iam.deleteApplication(past.applicationId)
      expect((await says('rotation')).problems).toMatchObject([{ code: 'no-usable-key' }])
      expect((await says('rotation', { action: 'tend' })).message).toContain('(create key with status 404)')
      await stage.apply()
      await run()
      const { applicationId } = await stage.outputs()
      expect(stage.scaleway.iam.apiKeys(applicationId).map(({ accessKey }) => accessKey)).toEqual([
        (await says('retrieval')).API_KEY,
      ])
    },
  },
  {
    block: 'The state is lost 2',
    title: 'a new deployment around the same application and secret goes on without a new key',
    play: async ({ stage, past, says }, run) => {
      const { API_KEY } = await says('retrieval')
      await rm(join(stage.folder, 'terraform.tfstate'))
      await stage.set({ prefix: 'rescued', application_id: past.applicationId, secret_id: past.secretId })
      await run()
      expect((await says('retrieval')).API_KEY).toBe(API_KEY)
      expect(stage.scaleway.iam.apiKeys(past.applicationId)).toHaveLength(1)
      expect((await stage.plan()).changes).toEqual({})
    },
  },
  {
    block: 'A move to another project 1',
    title: 'a second deployment in another project makes a key of its own, and the old key still works',
    play: async (world, run) => {
      const { API_KEY: before } = await world.says('retrieval')
      await writeMoved(world)
      await run()
      expect((await world.says('retrieval')).API_KEY).not.toBe(before)
      expect(world.stage.scaleway.iam.apiKeys(world.past.applicationId)).toHaveLength(2)
    },
  },
  {
    block: 'A move to another project 2',
    title: 'the application that the new deployment needs is removed from the old state',
    play: async (world, run) => {
      await writeMoved(world)
      await world.again('A move to another project 1')
      await run()
      expect((await world.stage.plan()).changes).toMatchObject({
        'scaleway_iam_application.bearer["default"]': 'create',
      })
    },
  },
  {
    block: 'A move to another project 3',
    title: 'the application’s policy is removed from the old state',
    play: async ({ stage }, run) => {
      await stage.set({ permission_set_names: ['ObjectStorageReadOnly'] })
      await stage.apply()
      await run()
      // Others go on naming it as what they depend on.
      const addresses = (await resourcesIn(stage)).map(({ address }) => address)
      expect(addresses.filter(address => address.startsWith('scaleway_iam_policy.bearer'))).toEqual([])
      expect(stage.scaleway.iam.policies().map(({ name }) => name)).toContain('key-rotation-bearer')
    },
  },
  {
    block: 'A move to another project 4',
    title: 'the old deployment is destroyed, and the application and the new key stay',
    play: async (world, run) => {
      await writeMoved(world)
      await world.again('A move to another project 1')
      await world.again('A move to another project 2')
      await run()
      const { API_KEY } = await world.says('retrieval')
      const keys = world.stage.scaleway.iam.apiKeys(world.past.applicationId)
      expect(keys.map(({ accessKey }) => accessKey)).toContain(API_KEY)
      expect((await world.says('rotation')).healthy).toBe(true)
      expect(await leftOver(world.stage)).toMatchObject({ applications: 5, functions: 2, crons: 2 })
    },
  },
]

/** The organization's default project, whose id is the organization's, is the other one. */
async function writeMoved({ stage, past }: StageWorld): Promise<void> {
  const { organizationId, projectId } = stage.scaleway
  const lines = [
    'prefix = "moved"',
    `scw_project_id = "${organizationId}"`,
    `application_id = "${past.applicationId}"`,
    `default_project_id = "${projectId}"`,
  ]
  await writeFile(join(stage.folder, 'moved.tfvars'), `${lines.join('\n')}\n`)
}
