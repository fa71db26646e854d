import { Accountv3 } from '@scaleway/sdk'
import { createAdvancedClient, withHTTPClient, withProfile } from '@scaleway/sdk-client'
import { describe, expect, test } from 'vitest'
import { bearerWith, ownerOf } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'
import { type AccountOptions, serveAccount } from './serve-account.ts'

const PROJECTS = '/account/v3/projects'

function world(options: Omit<AccountOptions, 'scaleway'> = {}) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const account = serveAccount({ scaleway, ...options })
  return { clock, scaleway, account, owner: ownerOf(scaleway) }
}

test('the official SDK makes, lists, reads and deletes a project', async () => {
  const { scaleway, account } = world()
  const client = createAdvancedClient(
    withProfile({ ...scaleway.owner, defaultOrganizationId: scaleway.organizationId }),
    withHTTPClient(scaleway.fetch),
  )
  const projects = new Accountv3.ProjectAPI(client)
  const { id } = await projects.createProject({ name: 'mine', description: 'for a while' })
  expect(await projects.getProject({ projectId: id })).toMatchObject({ name: 'mine', description: 'for a while' })
  expect(await projects.listProjects().all()).toMatchObject([{ id, organizationId: scaleway.organizationId }])
  await projects.deleteProject({ projectId: id })
  expect(account.projects()).toEqual([])
  await expect(projects.getProject({ projectId: id })).rejects.toMatchObject({ status: 404 })
})

test('the 26th project is refused', async () => {
  const { owner } = world()
  for (let count = 0; count < 25; count++) await owner.call('POST', PROJECTS, { name: 'p' })
  expect(await owner.call('POST', PROJECTS, { name: 'p' })).toMatchObject({
    status: 403,
    body: { type: 'quotas_exceeded' },
  })
})

describe('a project is refused its deletion', () => {
  const refused = { status: 412, body: { precondition: 'resource_not_usable' } }
  const made = async ({ owner }: ReturnType<typeof world>) =>
    String((await owner.call('POST', PROJECTS, { name: 'p' })).body?.id)

  test('while another product has something in it', async () => {
    const there = world({ isUsed: () => true })
    expect(await there.owner.call('DELETE', `${PROJECTS}/${await made(there)}`)).toMatchObject(refused)
  })

  test('while a secret is in it, and for 7 days after its deletion unless that does not count', async () => {
    for (const deletedSecretsCount of [true, false]) {
      const there = world({ deletedSecretsCount })
      const projectId = await made(there)
      const { id } = there.scaleway.secrets.createSecret({ name: 's', projectId })
      const remove = () => there.owner.call('DELETE', `${PROJECTS}/${projectId}`)
      expect(await remove()).toMatchObject(refused)
      there.scaleway.secrets.deleteSecret(id)
      if (deletedSecretsCount) expect(await remove()).toMatchObject(refused)
      if (deletedSecretsCount) there.clock.advance({ days: 7 })
      expect((await remove()).status).toBe(204)
    }
  })
})

test.each([
  { set: 'ProjectManager', statuses: [200, 200, 204] },
  { set: 'ProjectReadOnly', statuses: [403, 200, 403] },
  { set: 'IAMApplicationManager', statuses: [403, 403, 403] },
])('with $set, creating, listing and deleting a project are answered $statuses', async ({ set, statuses }) => {
  const { scaleway, owner } = world()
  const { id } = { id: '', ...(await owner.call('POST', PROJECTS, { name: 'p' })).body }
  const bearer = bearerWith(scaleway, [{ permissionSetNames: [set], organizationId: scaleway.organizationId }])
  const answers = [
    await bearer.call('POST', PROJECTS, { name: 'q' }),
    await bearer.call('GET', PROJECTS),
    await bearer.call('DELETE', `${PROJECTS}/${id}`),
  ]
  expect(answers.map(({ status }) => status)).toEqual(statuses)
})
