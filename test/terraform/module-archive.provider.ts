import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makePackage } from '../../scripts/build/package.ts'
import { startReceiver } from '../support/receiver.ts'
import { call } from './called.ts'
import { mustSucceed, runToEnd } from './command.ts'
import { terraformEnv } from './environment.ts'
import { proofs } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { root } from './template.ts'

let release: string
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'release-'))
  await makePackage({ root, outputFolder: folder })
  release = join(folder, 'package')
  return () => rm(folder, { recursive: true, force: true })
})

const moduleForm = v.object({
  rotation_url: v.string(),
  retrieval_url: v.string(),
  operator_secret_key: v.string(),
  consumer_secret_keys: v.record(v.string(), v.string()),
  rotate_command: v.string(),
  fetch_command: v.string(),
})

proofs('examples/module with a release over HTTP', () => {
  let server: Awaited<ReturnType<typeof startReceiver>>
  let stage: Stage
  let checksum: string
  let outputs: Record<string, v.InferOutput<typeof moduleForm>>
  beforeAll(async () => {
    const archive = await readFile(join(release, 'module.zip'))
    server = await startReceiver(response => response.end(archive))
    checksum = /^(\w+) {2}module\.zip$/m.exec(await readFile(join(release, 'SHA256SUMS'), 'utf8'))?.[1] ?? ''
    stage = await setConfiguration()
  })
  afterAll(async () => {
    await stage.end()
    await server.close()
  })

  test('is refused when its sum is another one', async () => {
    await writeExample(checksum.replace(/^./, digit => (digit === '0' ? '1' : '0')))
    const { code, stderr } = await terraform(stage, 'init')
    expect([code, stderr]).toEqual([1, expect.stringContaining('Checksums did not match')])
  })

  test('makes two deployments, and the next plan is empty', async () => {
    await writeExample(checksum)
    await applied(stage)
    outputs = v.parse(v.record(v.string(), moduleForm), await outputOf(stage, 'key_rotation'))
    expect(Object.keys(outputs)).toEqual(['billing', 'mailer'])
    expect(stage.deployments.functions()).toHaveLength(4)
  })

  test('each deployment rotates a key of its own, and its own consumers alone may fetch it', async () => {
    for (const name of ['billing-tend', 'mailer-tend'])
      expect(JSON.parse((await stage.deployments.fire(name)).body)).toMatchObject({ rotated: true })
    const { billing, mailer } = outputs
    const answered = async (url = '', token = '') => (await call(url, { token })).status
    expect(await answered(billing?.retrieval_url, billing?.consumer_secret_keys['billing-api'])).toBe(200)
    expect(await answered(mailer?.retrieval_url, mailer?.consumer_secret_keys.newsletter)).toBe(200)
    expect(await answered(mailer?.retrieval_url, billing?.consumer_secret_keys['billing-api'])).toBe(403)
  })

  test('smoke finds no failure in the outputs of one', async () => {
    const file = join(stage.folder, 'mailer.json')
    await writeFile(
      file,
      JSON.stringify(v.parse(v.object({ mailer: v.unknown() }), await outputOf(stage, 'key_rotation')).mailer),
    )
    const args = ['--import', 'tsx', 'scripts/smoke.ts', '--outputs', file, '--wait', '0']
    const { code, stdout } = await runToEnd(process.execPath, args, { folder: root, env: terraformEnv(stage.folder) })
    expect([code, stdout]).toEqual([0, expect.stringContaining('consumer newsletter fetches the key: HTTP 200')])
  })

  test('the commands of each take TOKEN, because its outputs are not those of the configuration', async () => {
    for (const { operator_secret_key: token, rotate_command, fetch_command } of Object.values(outputs)) {
      const pasted = async (command: string) => JSON.parse((await stage.shell(`TOKEN=${token}; ${command}`)).stdout)
      expect(await pasted(rotate_command)).toMatchObject({ rotated: true })
      expect(await pasted(fetch_command)).toHaveProperty('API_KEY')
    }
  })

  test('destroy leaves nothing but the secrets, which are scheduled for deletion', async () => {
    await mustSucceed(terraform(stage, 'destroy', '-auto-approve'))
    expect(await leftOver(stage)).toEqual(nothing)
    const secrets = stage.scaleway.secrets.secrets()
    expect(secrets.map(({ deletionRequestedAt }) => deletionRequestedAt)).toEqual([expect.any(Date), expect.any(Date)])
  })

  /** Writes the example with this release as its source. The functions, unlike the provider, are told of the local Scaleway here. */
  async function writeExample(sum: string): Promise<void> {
    const lines = `source = "${server.url}/module.zip?checksum=sha256:${sum}"\n  scw_api_url = "${stage.url}"`
    for (const name of ['main.tf', 'versions.tf']) {
      const text = await readFile(join(root, 'examples/module', name), 'utf8')
      await writeFile(join(stage.folder, 'configuration', name), text.replace(/source += "https:.*"/, lines))
    }
  }
})

const keysForm = v.record(v.string(), v.object({ retrieval_url: v.string() }))

proofs('a configuration with a release in a folder and as a file, with nothing but Terraform on the PATH', () => {
  test('hands over what it makes itself in the same apply, one deployment after the other, and all of it is destroyed', async () => {
    const path = await pathWithTerraformAlone()
    const stage = await setConfiguration({ PATH: path })
    onTestFinished(stage.end)
    const { scaleway, url, folder } = stage
    const elsewhere = await secretElsewhere(stage)
    const file = join(release, 'module.zip')
    await mustSucceed(runToEnd('unzip', ['-q', file, '-d', 'unpacked'], { folder, env: process.env }))
    await writeFile(join(folder, 'configuration/main.tf'), withOwnResources({ url, file, elsewhere }))
    await applied(stage)
    const keys = await outputOf(stage, 'keys')
    const mine = scaleway.iam.applications().find(({ name }) => name === 'mine')
    const secret = scaleway.secrets.secrets().find(({ name }) => name === 'mine')
    expect(keys).toMatchObject({
      billing: { application_id: mine?.id, secret_id: secret?.id, region: 'fr-par' },
      mailer: { secret_id: elsewhere, region: 'nl-ams' },
    })
    for (const name of ['first-tend', 'second-tend'])
      expect(JSON.parse((await stage.deployments.fire(name)).body)).toMatchObject({ rotated: true })
    const tokens = v.parse(v.record(v.string(), v.string()), await outputOf(stage, 'tokens'))
    for (const [name, { retrieval_url }] of Object.entries(v.parse(keysForm, keys)))
      expect((await call(retrieval_url, { token: tokens[name] })).status).toBe(200)
    await mustSucceed(terraform(stage, 'plan', '-detailed-exitcode'))
    await mustSucceed(terraform(stage, 'destroy', '-auto-approve'))
    expect(await leftOver(stage)).toEqual(nothing)
    expect(scaleway.secrets.secret(elsewhere).deletionRequestedAt).toBeUndefined()
  })
})

proofs('a deployment of a clone', () => {
  test('becomes one of a module when its addresses are moved: the functions are deployed again, from another path', async () => {
    const stage = await setStage({ credentials: 'environment' })
    onTestFinished(stage.end)
    const { folder, url } = stage
    await stage.set({ consumers: ['app', 'batch'] })
    await stage.apply()
    await stage.shell(`rm *.tf stage.auto.tfvars.json; unzip -q ${join(release, 'module.zip')} -d module`)
    const settings = `scw_api_url = "${url}"\n  consumers = ["app", "batch"]`
    await writeFile(join(folder, 'main.tf'), `module "key_rotation" {\n  source = "./module"\n  ${settings}\n}\n`)
    await mustSucceed(stage.run('init'))
    await stage.shell(await moveCommand())
    const { changes } = await stage.plan()
    const resources = Object.entries(changes).filter(([address]) => !address.startsWith('output.'))
    expect(Object.fromEntries(resources)).toEqual({
      'module.key_rotation.scaleway_function.rotation': 'update',
      'module.key_rotation.scaleway_function.retrieval': 'update',
    })
  })

  /** The line of the document. */
  async function moveCommand(): Promise<string> {
    const [line = ''] = /^terraform state list \|.*$/m.exec(await readFile(join(root, 'docs/deploy.md'), 'utf8')) ?? []
    expect(line).toContain('module.key_rotation')
    return line
  }
})

function withOwnResources({ url, file, elsewhere }: { url: string; file: string; elsewhere: string }): string {
  return `
terraform {
  required_providers {
    scaleway = {
      source = "scaleway/scaleway"
    }
  }
}

resource "scaleway_iam_application" "mine" {
  name = "mine"
}

resource "scaleway_iam_api_key" "operator" {
  application_id = scaleway_iam_application.mine.id
}

resource "scaleway_secret" "mine" {
  name = "mine"
  type = "key_value"
}

module "first" {
  source              = "../unpacked"
  count               = 1
  prefix              = "first"
  scw_api_url         = "${url}"
  default_project_id  = scaleway_secret.mine.project_id
  operator_key_sha256 = [sha256(scaleway_iam_api_key.operator.secret_key)]
  keys                = { billing = { application = scaleway_iam_application.mine, secret = scaleway_secret.mine } }
}

module "second" {
  source      = "${file}"
  depends_on  = [module.first]
  prefix      = "second"
  scw_api_url = "${url}"
  keys        = { mailer = { secret = { id = "nl-ams/${elsewhere}" } } }
}

output "keys" {
  value = merge(module.first[0].keys, module.second.keys)
}

output "tokens" {
  value     = { billing = module.first[0].consumer_secret_keys["app"], mailer = module.second.consumer_secret_keys["app"] }
  sensitive = true
}
`
}

/** Makes a stage with a folder for a configuration that uses a release. The environment says who deploys. */
async function setConfiguration(env: Record<string, string> = {}): Promise<Stage> {
  const stage = await setStage({ credentials: 'environment', env })
  await mkdir(join(stage.folder, 'configuration'))
  return stage
}

function terraform(stage: Stage, ...args: readonly string[]) {
  return stage.run('-chdir=configuration', ...args, '-no-color')
}

/** Applies the configuration, and expects nothing of another plan. */
async function applied(stage: Stage): Promise<void> {
  await mustSucceed(terraform(stage, 'init'))
  await mustSucceed(terraform(stage, 'apply', '-auto-approve'))
  await mustSucceed(terraform(stage, 'plan', '-detailed-exitcode'))
}

async function outputOf(stage: Stage, name: string): Promise<unknown> {
  return JSON.parse((await mustSucceed(stage.run('-chdir=configuration', 'output', '-json', name))).stdout)
}

async function pathWithTerraformAlone(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'terraform-alone-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  const where = { folder: path, env: process.env }
  const { stdout } = await mustSucceed(runToEnd('bash', ['-euc', 'command -v terraform'], where))
  await symlink(stdout.trim(), join(path, 'terraform'))
  return path
}

/** Makes a secret in another project and region. */
async function secretElsewhere({ url, scaleway }: Stage): Promise<string> {
  const response = await fetch(`${url}/secret-manager/v1beta1/regions/nl-ams/secrets`, {
    method: 'POST',
    headers: { 'X-Auth-Token': scaleway.owner.secretKey },
    body: JSON.stringify({ name: 'elsewhere', type: 'key_value', project_id: crypto.randomUUID() }),
  })
  return v.parse(v.object({ id: v.string() }), await response.json()).id
}
