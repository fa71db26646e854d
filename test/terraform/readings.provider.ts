import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { call } from './called.ts'
import { type Ran, runToEnd } from './command.ts'
import { terraformEnv } from './environment.ts'
import type { Outputs } from './outputs.ts'
import { proofs } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { root } from './template.ts'

/**
 * What is not known of Scaleway and touches an apply or a destroy, in one life of a deployment. All else, alone and in pairs:
 * test/readings.
 */
proofs(
  'a deployment on a platform that allows less than is documented, passes on no credential, and knows new keys late',
  () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await setStage({
        readings: {
          credentialHeaders: 'neither',
          resourceId: 'absent-on-access',
          disableVersion: 'full-access',
          listKeys: 'needs-read-only',
          environmentValue: '1000',
          newKey: 'after-5-s',
        },
        variables: { send_caller_key: true },
      })
    })
    afterAll(() => stage.end())

    test('smoke names one setting after the other, and with the last of them it passes', async () => {
      await stage.apply()
      // On the platform an apply takes longer than a key needs to be known.
      const { operatorKey } = await stage.outputs()
      await vi.waitUntil(() => stage.scaleway.authenticates(operatorKey ?? ''), { timeout: 10_000 })
      expect(adviceOf(await smoke())).toContain('rotator_extra_permission_sets = ["IAMApplicationReadOnly"]')
      await stage.set({ rotator_extra_permission_sets: ['IAMApplicationReadOnly', 'SecretManagerFullAccess'] })
      await stage.apply()
      // The first key is made here, and known after five seconds.
      expect(adviceOf(await smoke())).toContain('bind_to_secrets = false')
      await stage.set({ bind_to_secrets: false })
      await stage.apply()
      const { code, stdout } = await smoke({ waitSeconds: 30 })
      expect([code, adviceOf({ stdout })]).toEqual([0, ''])
    })

    test('a rollback disables a version, which no other set allows here', async () => {
      stage.scaleway.state.readings.newKey = 'at-once'
      expect(await operate({ action: 'rotate', force: true })).toMatchObject({ body: { rotated: true, revision: 2 } })
      expect(await operate({ action: 'rollback', revision: 2 })).toMatchObject({ status: 200 })
      const versions = stage.scaleway.secrets.versions(idOf(await stage.outputs()))
      expect(versions.map(({ status }) => status)).toEqual(['disabled', 'enabled'])
    })

    test('after a destroy the name of the secret is taken: the next apply fails, and goes on with the secret restored and named', async () => {
      const outputs = await stage.outputs()
      await stage.destroy()
      expect(await leftOver(stage)).toEqual(nothing)
      const refused = await stage.run('apply', '-auto-approve', '-no-color')
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('cannot have same secret name')])
      stage.scaleway.secrets.restoreSecret(idOf(outputs))
      await stage.set({ secret_id: outputs.secretId })
      await stage.apply()
      // Its old keys went with their application, minutes after they were published.
      expect(await operate({ action: 'rotate' })).toMatchObject({ body: { error: 'list-incomplete' } })
      expect(await operate({ action: 'rotate', force: true })).toMatchObject({ body: { rotated: true, revision: 3 } })
    })

    test('where the name is free, the next apply makes a secret of the same name; more consumers than fit into 1,000 characters may fetch it', async () => {
      const id = idOf(await stage.outputs())
      await stage.destroy()
      stage.scaleway.secrets.deleteSecret(id)
      Object.assign(stage.scaleway.state.readings, { deletedSecretName: 'free', environmentValue: '65536' })
      const consumers = Array.from({ length: 30 }, (_, index) => `application-${index}-with-a-long-name`)
      await stage.set({ secret_id: null, consumers })
      await stage.apply()
      const { name } = stage.scaleway.secrets.secret(id)
      expect(stage.scaleway.secrets.secret(idOf(await stage.outputs()))).toMatchObject({
        name,
        deletionRequestedAt: undefined,
      })
      expect(await operate({ action: 'rotate' })).toMatchObject({ body: { rotated: true, revision: 1 } })
      const { retrievalUrl, consumerKeys } = await stage.outputs()
      const token = consumerKeys[consumers.at(-1) ?? '']
      const fetched = await call(retrievalUrl, { token, headers: { 'X-Caller-Key': token ?? '' } })
      expect(fetched.body).toHaveProperty('API_KEY')
    })

    async function operate(body: object) {
      const { rotationUrl, operatorKey } = await stage.outputs()
      return call(rotationUrl, { token: operatorKey, body, headers: { 'X-Caller-Key': operatorKey ?? '' } })
    }

    function smoke({ waitSeconds = 0 } = {}): Promise<Ran> {
      const args = ['--import', 'tsx', 'scripts/smoke.ts', '--dir', stage.folder, '--wait', String(waitSeconds)]
      return runToEnd(process.execPath, args, { folder: root, env: terraformEnv(stage.folder) })
    }
  },
)

/** The secret's id without the region, which some outputs carry in front. */
function idOf({ secretId }: Outputs): string {
  return secretId.split('/').at(-1) ?? ''
}

/** What smoke advises below its failures. */
function adviceOf({ stdout }: Pick<Ran, 'stdout'>): string {
  return stdout
    .split('\n')
    .filter(line => line.startsWith('      '))
    .join('\n')
}
