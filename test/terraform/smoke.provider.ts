import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { policiesOf } from './applied-policies.ts'
import { breakZip } from './changed-zip.ts'
import { type Ran, runToEnd } from './command.ts'
import { terraformEnv } from './environment.ts'
import { proofs } from './provider.ts'
import { type Stage, setStage } from './stage.ts'
import { root } from './template.ts'

proofs('npm run smoke after an apply', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({ variables: { consumers: ['app', 'batch'], monitors: ['uptime'] } })
  })
  afterAll(() => stage.end())

  test('says before the apply that there is nothing to check yet', async () => {
    const { code, stdout, stderr } = await smoke()
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Run terraform apply first')
  })

  test('makes the first key and finds no failure', async () => {
    await stage.apply()
    const { code, stdout } = await smoke()
    expect(failures(stdout)).toEqual([])
    expect(code).toBe(0)
    expect(stdout).toContain(
      'ok    there is no key yet: the operator rotates, which creates the first: HTTP 200 rotated',
    )
    for (const name of ['app', 'batch']) expect(stdout).toContain(`ok    consumer ${name} fetches the key: HTTP 200\n`)
    expect(stdout).toContain('ok    monitor uptime fetches the key: HTTP 403 monitor\n')
  })

  test('checks each of several keys, and each consumer with the keys of the others', async () => {
    const keys = { billing: { consumers: ['app', 'batch'] }, mailer: { consumers: ['app'] }, search: { consumers: [] } }
    const several = await setStage({ variables: { keys } })
    try {
      await several.apply()
      const { code, stdout } = await smoke(several)
      expect([code, failures(stdout)]).toEqual([0, []])
      for (const name of Object.keys(keys)) {
        expect(stdout).toContain(`ok    there is no key ${name} yet: the operator rotates, which creates the first:`)
      }
      expect(stdout.match(/(?<=^ok {4}consumer ).* key \w+: HTTP (200|404 key-not-named)$/gm)).toEqual([
        'app fetches the key billing: HTTP 200',
        'app fetches the key mailer: HTTP 200',
        'batch fetches the key billing: HTTP 200',
        'app fetches the key search: HTTP 404 key-not-named',
        'batch fetches the key mailer: HTTP 404 key-not-named',
        'batch fetches the key search: HTTP 404 key-not-named',
      ])
    } finally {
      await several.end()
    }
  })

  test('finds that every policy is as it was applied, names what a person changed, and an apply puts it right', async () => {
    const { iam, organizationId } = stage.scaleway
    const granted = (count: number) => `ok    ${count} applications may do what was granted to them, and nothing else\n`
    await stage.set({ permission_set_names: ['ObjectStorageReadOnly'], consumer_cidrs: ['127.0.0.0/8'] })
    await stage.apply()
    const asApplied = await smoke(stage, keyOfOwner())
    expect([asApplied.code, failures(asApplied.stdout)]).toEqual([0, []])
    expect(asApplied.stdout).toContain(granted(7))

    const [bearer] = policiesOf(stage.scaleway, 'bearer')
    iam.removePermissionSet(bearer?.id ?? '', 'ObjectStorageReadOnly')
    const rules = [{ permissionSetNames: ['IAMReadOnly'], organizationId }]
    const extra = iam.createPolicy({ name: 'all', groupId: iam.groups()[0]?.id ?? '', rules })
    const changed = await smoke(stage, keyOfOwner())
    expect([changed.code, failures(changed.stdout)]).toEqual([
      1,
      [
        'FAIL  the policy of bearer-default lacks ObjectStorageReadOnly',
        'FAIL  the policy "all" of All Applications gives every identity of this deployment IAMReadOnly',
      ],
    ])
    iam.deletePolicy(extra.id)
    await stage.set({ permission_set_names: [], consumer_cidrs: [] })
    await stage.apply()
    expect((await smoke(stage, keyOfOwner())).stdout).toContain(granted(6))
  })

  test.each(['rotation', 'retrieval'])(
    'fails when a person has made %s public, although the function itself refuses who is unknown',
    async name => {
      await setPrivacy(`key-rotation-${name}`, 'public')
      const { code, stdout } = await smoke()
      const expected = 'expected HTTP 401 or 403 of the platform, before the function'
      expect([code, failures(stdout)]).toEqual([
        1,
        [
          `FAIL  a caller without a key calls ${name}: ${expected}, got HTTP 403 no-credential`,
          `FAIL  a key that does not exist calls ${name}: ${expected}, got HTTP 403 unknown-caller`,
        ],
      ])
      // The next apply makes it private again.
      await stage.apply()
      expect((await smoke()).code).toBe(0)
    },
  )

  test('fails when the first deployment did not start, which the apply itself does not', async () => {
    const broken = await setStage()
    try {
      await breakZip(join(broken.folder, 'dist/rotation.zip'))
      const applied = await broken.apply()
      expect(applied.stdout).toContain('Apply complete!')
      expect(
        broken.deployments
          .functions()
          .map(({ status }) => status)
          .toSorted(),
      ).toEqual(['error', 'ready'])
      const { code, stdout } = await smoke(broken)
      expect(code).toBe(1)
      expect(failures(stdout)[0]).toMatch(/^FAIL {2}the operator reads the status: expected .*, got HTTP 50\d$/)
    } finally {
      await broken.end()
    }
  })

  function smoke({ folder }: Stage = stage, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const args = ['--import', 'tsx', 'scripts/smoke.ts', '--dir', folder, '--wait', '0']
    return runToEnd(process.execPath, args, { folder: root, env: terraformEnv(folder, env) })
  }

  function keyOfOwner(): Record<string, string> {
    const { accessKey, secretKey } = stage.scaleway.owner
    return { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_API_URL: stage.url }
  }

  async function setPrivacy(name: string, privacy: string): Promise<void> {
    const id = stage.deployments.functions().find(candidate => candidate.name === name)?.id
    const response = await fetch(`${stage.url}/functions/v1beta1/regions/fr-par/functions/${id}`, {
      method: 'PATCH',
      headers: { 'X-Auth-Token': stage.scaleway.owner.secretKey },
      body: JSON.stringify({ privacy }),
    })
    expect(response.status).toBe(200)
  }
})

function failures(stdout: string): string[] {
  return stdout.split('\n').filter(line => line.startsWith('FAIL'))
}
