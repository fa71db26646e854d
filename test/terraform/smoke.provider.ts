import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

  function smoke({ folder }: Stage = stage): Promise<Ran> {
    const args = ['--import', 'tsx', 'scripts/smoke.ts', '--dir', folder, '--wait', '0']
    return runToEnd(process.execPath, args, { folder: root, env: terraformEnv(folder) })
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
