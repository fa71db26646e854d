import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { call } from './called.ts'
import { proofs } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, type StageOptions, setStage } from './stage.ts'

proofs('other ways to deploy', () => {
  test.each([
    ['a bare UUID', (id: string) => id],
    ['region/UUID', (id: string) => `fr-par/${id}`],
  ])(
    'an existing application and secret, the secret named by %s, are used and survive destroy with the last key',
    async (_, named) => {
      const stage = await newStage()
      const { iam, secrets } = stage.scaleway
      const application = iam.createApplication({ name: 'ours already', description: 'not to be touched' })
      const secret = secrets.secret(secrets.createSecret({ name: 'ours already', type: 'key_value' }).id)
      await stage.set({ application_id: application.id, secret_id: named(secret.id) })
      await stage.apply()
      const outputs = await stage.outputs()
      expect([outputs.applicationId, outputs.secretId]).toEqual([application.id, secret.id])
      expect(await rotateAndFetch(stage)).toEqual([200, 200])
      expect((await stage.plan()).changes).toEqual({})
      await stage.destroy()
      expect(await leftOver(stage)).toEqual({ ...nothing, applications: 1, keys: 1 })
      expect(iam.applications()).toEqual([application])
      expect(secrets.secret(secret.id)).toEqual(secret)
      const { SECRET_KEY: lastKey } = JSON.parse(secrets.payload(secret.id, 1))
      expect(stage.scaleway.authenticates(lastKey)).toBe(true)
    },
  )

  test('credentials, project and organization may all come from the environment', async () => {
    const stage = await newStage({ credentials: 'environment' })
    await stage.apply()
    expect(scopesOf(stage)).toEqual([stage.scaleway.organizationId, stage.scaleway.projectId].toSorted())
    expect(await rotateAndFetch(stage)).toEqual([200, 200])
    expect((await stage.plan()).changes).toEqual({})
  })

  test("they may all come from scw's config file", async () => {
    const config = join((await newStage()).folder, 'scw.yaml')
    const stage = await newStage({ credentials: 'elsewhere', env: { SCW_CONFIG_PATH: config } })
    const { owner, projectId, organizationId } = stage.scaleway
    const lines = {
      access_key: owner.accessKey,
      secret_key: owner.secretKey,
      default_project_id: projectId,
      default_organization_id: organizationId,
      default_region: 'fr-par',
    }
    await writeFile(
      config,
      Object.entries(lines).map(entry => `${entry.join(': ')}\n`),
      { mode: 0o600 },
    )
    await stage.apply()
    expect(scopesOf(stage)).toEqual([organizationId, projectId].toSorted())
    expect(await rotateAndFetch(stage)).toEqual([200, 200])
  })

  test('without rotation_enabled there is no CRON, the status says so, everything else works, and it can be enabled and paused again', async () => {
    const stage = await newStage({ variables: { rotation_enabled: false } })
    await stage.apply()
    expect(stage.deployments.crons()).toEqual([])
    expect(await rotateAndFetch(stage)).toEqual([200, 200])
    const paused = { next_rotation: null, problems: [{ code: 'paused' }] }
    expect(await statusOf(stage)).toMatchObject(paused)
    expect((await stage.plan()).changes).toEqual({})
    await stage.set({ rotation_enabled: true })
    expect((await stage.plan()).changes).toEqual({
      'output.keys': 'update',
      'output.rotation_schedule': 'create',
      'scaleway_function.rotation': 'update',
      'scaleway_function_cron.rotate["default"]': 'create',
      'scaleway_function_cron.tend[0]': 'create',
    })
    await stage.apply()
    const fired = await stage.deployments.fire('key-rotation-tend')
    expect(fired.status).toBe(200)
    expect(await statusOf(stage)).toMatchObject({ next_rotation: expect.stringMatching(/-01T02:00:00/), problems: [] })
    await stage.set({ rotation_enabled: false })
    await stage.apply()
    expect(await statusOf(stage)).toMatchObject(paused)
  })

  test('a key that is older than max_key_age_days is a warning of the plan, which stays empty', async () => {
    let agoMilliseconds = 0
    const stage = await newStage({ clock: { now: () => new Date(Date.now() - agoMilliseconds) } })
    await stage.apply()
    const { secretId } = await stage.outputs()
    // Made without the function, which does nothing while its clock is not Scaleway's.
    agoMilliseconds = 36 * 24 * 3_600_000
    stage.scaleway.secrets.addVersion(secretId, { data: '{"API_KEY":"old","SECRET_KEY":"old"}' })
    agoMilliseconds = 0
    const { changes, text } = await stage.plan()
    expect(text.replaceAll(/\s+/g, ' ')).toContain('keys.default: the newest key is older than max_key_age_days (35)')
    expect(changes).toEqual({})
  })

  test('a changed prefix replaces the functions, and the CRONs call the new ones', async () => {
    const stage = await newStage()
    await stage.apply()
    await stage.set({ prefix: 'renamed' })
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
    const [rotation] = stage.deployments.functions().filter(({ name }) => name === 'renamed-rotation')
    expect(stage.deployments.functions()).toHaveLength(2)
    expect(
      stage.deployments
        .crons()
        .map(({ name, functionId }) => [name, functionId])
        .toSorted(),
    ).toEqual([
      ['renamed-rotate', rotation?.id],
      ['renamed-tend', rotation?.id],
    ])
    expect(await rotateAndFetch(stage)).toEqual([200, 200])
  })

  test('a protected secret refuses destroy until an apply removes its protection alone', async () => {
    const stage = await newStage({ variables: { secret_protected: true } })
    await stage.apply()
    const { secretId } = await stage.outputs()
    expect((await stage.run('destroy', '-auto-approve', '-no-color')).code).toBe(1)
    expect(stage.scaleway.secrets.secret(secretId).deletionRequestedAt).toBeUndefined()
    await stage.set({ secret_protected: false })
    // As docs/deploy.md says: an apply of everything would create again all that was destroyed.
    const { stdout } = await stage.apply('-target=scaleway_secret.rotated["default"]')
    expect(stdout).toContain('Resources: 0 added, 1 changed, 0 destroyed.')
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
  })

  test('a protected secret that is taken out of the state after a failed destroy stays, and nothing else does', async () => {
    const stage = await newStage({ variables: { secret_protected: true } })
    await stage.apply()
    const { secretId } = await stage.outputs()
    expect((await stage.run('destroy', '-auto-approve', '-no-color')).code).toBe(1)
    // As docs/deploy.md says.
    await stage.shell('terraform state rm \'scaleway_secret.rotated["default"]\'')
    await stage.destroy()
    expect(stage.scaleway.secrets.secret(secretId)).toMatchObject({ protected: true, deletionRequestedAt: undefined })
    expect(await leftOver(stage)).toEqual(nothing)
  })

  test('a secret that a person deleted before stops a destroy, which goes on once it is out of the state', async () => {
    const stage = await newStage()
    await stage.apply()
    stage.scaleway.secrets.deleteSecret((await stage.outputs()).secretId)
    const failed = await stage.run('destroy', '-auto-approve', '-no-color')
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('the resource is scheduled for deletion')])
    await stage.shell('terraform state rm \'scaleway_secret.rotated["default"]\'')
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
  })
})

async function newStage(options?: StageOptions): Promise<Stage> {
  const stage = await setStage(options)
  onTestFinished(stage.end)
  return stage
}

/** The scopes of all policies of Terraform. */
function scopesOf({ scaleway }: Stage): string[] {
  const rules = scaleway.iam.policies().flatMap(policy => policy.rules)
  const ids = rules.flatMap(({ scope }) => ('organizationId' in scope ? [scope.organizationId] : scope.projectIds))
  return [...new Set(ids)].toSorted()
}

async function rotateAndFetch(stage: Stage): Promise<number[]> {
  const { rotationUrl, retrievalUrl, operatorKey, consumerKeys } = await stage.outputs()
  const rotated = await call(rotationUrl, { token: operatorKey, body: {} })
  const fetched = await call(retrievalUrl, { token: consumerKeys.app })
  return [rotated.status, fetched.status]
}

async function statusOf(stage: Stage): Promise<Readonly<Record<string, unknown>>> {
  const { rotationUrl, operatorKey } = await stage.outputs()
  const { body } = await call(rotationUrl, { token: operatorKey })
  return body
}
