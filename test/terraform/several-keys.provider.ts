import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { call } from './called.ts'
import { poll } from './polling.ts'
import { proofs } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'

const three = {
  default: { consumers: ['app'] },
  billing: { consumers: ['billing-api', 'app'], cron_schedule: '0 3 1 * *' },
  mailer: { consumers: ['mailer'], permission_set_names: ['ObjectStorageReadOnly'] },
}
const severalForm = v.object({ keys: v.record(v.string(), v.object({ status: v.number() })) })
const urlsForm = v.record(v.string(), v.object({ retrieval_url: v.string() }))
const fresh = { 'Cache-Control': 'no-cache' }

proofs('a deployment with several keys', () => {
  let stage: Stage
  let outputs: Awaited<ReturnType<Stage['outputs']>>
  beforeAll(async () => {
    stage = await setStage({ variables: { keys: three } })
    await stage.apply()
    outputs = await stage.outputs()
  })
  afterAll(() => stage.end())

  test('each key is made by the trigger of its schedule, and every key has its own application and secret', async () => {
    expect(await answers('key-rotation-rotate')).toEqual({ default: 200, mailer: 200 })
    expect(await answers('key-rotation-rotate-billing')).toEqual({ billing: 200 })
    const { applications, keys, policies } = await leftOver(stage)
    // Three bearers, rotator, reader, operator and three consumers; one bearer has a policy.
    expect({ applications, keys, policies }).toEqual({ applications: 9, keys: 9, policies: 7 })
    for (const name of Object.keys(three)) {
      const served = await fetchedBy('operator', name)
      const { applicationId } = keyNamed(name)
      expect(stage.scaleway.iam.apiKeys(applicationId).map(({ accessKey }) => `200 ${accessKey}`)).toEqual([served])
    }
  })

  test('a consumer fetches its keys with one credential, and no other key', async () => {
    const fetchedEach = async (caller: string) => {
      const each = Object.keys(three).map(async name => [name, (await fetchedBy(caller, name)).slice(0, 3)] as const)
      return Object.fromEntries(await Promise.all(each))
    }
    expect(await fetchedEach('app')).toEqual({ default: '200', billing: '200', mailer: '404' })
    expect(await fetchedEach('billing-api')).toEqual({ default: '404', billing: '200', mailer: '404' })
    expect(await fetchedEach('mailer')).toEqual({ default: '404', billing: '404', mailer: '200' })
  })

  test('the commands of every key are about that key, and the next plan is empty, without a warning', async () => {
    for (const { rotate_command, fetch_command } of Object.values(outputs.keys)) {
      expect(JSON.parse((await stage.shell(rotate_command)).stdout)).toMatchObject({ rotated: true, revision: 2 })
      expect(JSON.parse((await stage.shell(fetch_command)).stdout)).toHaveProperty('API_KEY')
    }
    const { changes, text } = await stage.plan()
    expect(changes).toEqual({})
    expect(text).not.toContain('Warning')
  })

  test('the trigger of one key’s schedule is replaced when that changes, and the other is left alone', async () => {
    await stage.set({ keys: { ...three, billing: { ...three.billing, cron_schedule: '0 4 1 * *' } } })
    expect((await stage.plan()).changes).toEqual({
      'output.keys': 'update',
      'scaleway_function.rotation': 'update',
      'scaleway_function_cron.rotate["0 3 1 * *"]': 'delete',
      'scaleway_function_cron.rotate["0 4 1 * *"]': 'create',
    })
    await stage.apply()
    expect(triggers()).toEqual(['key-rotation-rotate 0 2 1 * *', 'key-rotation-rotate-billing 0 4 1 * *', tend])
    await stage.set({ keys: { ...three, billing: { consumers: three.billing.consumers } } })
    expect((await stage.plan()).changes).toMatchObject({
      'scaleway_function_cron.rotate["default"]': 'update',
      'scaleway_function_cron.rotate["0 4 1 * *"]': 'delete',
    })
    await stage.apply()
    expect(triggers()).toEqual(['key-rotation-rotate 0 2 1 * *', tend])
    await stage.set({ keys: three })
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
  })

  test('a key that is added is made, no other moves, and their consumers are refused nothing meanwhile', async () => {
    const expected = await fetchedBy('app', 'billing')
    const fetching = poll(() => fetchedBy('app', 'billing'))
    await stage.set({ keys: { ...three, fourth: { consumers: ['app'] } } })
    expect((await stage.plan()).changes).toEqual({
      'output.keys': 'update',
      'output.policies': 'update',
      'scaleway_iam_application.bearer["fourth"]': 'create',
      'scaleway_secret.rotated["fourth"]': 'create',
      'scaleway_iam_policy.rotator': 'update',
      'scaleway_iam_policy.reader': 'update',
      'scaleway_function.rotation': 'update',
      'scaleway_function.retrieval': 'update',
      'scaleway_function_cron.rotate["default"]': 'update',
    })
    await stage.apply()
    await fetching.more(3)
    expect([...(await fetching.stop()).answers.keys()]).toEqual([expected])
    outputs = await stage.outputs()
    const { text, changes } = await stage.plan()
    expect(changes).toEqual({})
    expect(text).toContain('keys.fourth: there is no key to fetch yet.')
    expect(await answers('key-rotation-tend')).toMatchObject({ fourth: 200 })
    expect(await fetchedBy('app', 'fourth')).toMatch(/^200 SCW/)
  })

  test('a key that is renamed with moved blocks stays what it was', async () => {
    const before = keyNamed('mailer')
    const served = await fetchedBy('mailer', 'mailer')
    const kinds = ['scaleway_iam_application.bearer', 'scaleway_iam_policy.bearer', 'scaleway_secret.rotated']
    const moved = kinds.map(kind => `moved {\n  from = ${kind}["mailer"]\n  to = ${kind}["post"]\n}\n`)
    await writeFile(join(stage.folder, 'renamed.tf'), moved.join('\n'))
    const { mailer, ...others } = three
    await stage.set({ keys: { ...others, fourth: { consumers: ['app'] }, post: mailer } })
    const { changes } = await stage.plan()
    expect(new Set(Object.values(changes))).toEqual(new Set(['update']))
    await stage.apply()
    outputs = await stage.outputs()
    expect(keyNamed('post')).toEqual(before)
    expect(stage.scaleway.secrets.secret(before.secretId).name).toBe('key-rotation-post-key')
    expect(await fetchedBy('mailer', 'post')).toBe(served)
    expect(await fetchedBy('mailer', 'mailer')).toMatch(/^404 /)
  })

  test('a key that is removed while ticks run ends, and no other key is tended or fetched in vain meanwhile', async () => {
    const removed = keyNamed('fourth')
    const { mailer, ...others } = three
    const expected = await fetchedBy('app', 'billing')
    const fetching = poll(() => fetchedBy('app', 'billing'))
    // The policies let go of it minutes before the functions do.
    const ticking = poll(async () => {
      const { fourth: _, ...others } = await answers('key-rotation-tend')
      return JSON.stringify(others)
    })
    stage.scaleway.log.clear()
    await stage.set({ keys: { ...others, post: mailer } })
    await stage.apply()
    await Promise.all([fetching.more(3), ticking.more(3)])
    const [fetched, ticked] = await Promise.all([fetching.stop(), ticking.stop()])
    expect([...fetched.answers.keys()]).toEqual([expected])
    expect([...ticked.answers.keys()]).toEqual([JSON.stringify({ billing: 200, default: 200, post: 200 })])
    const operations = stage.scaleway.log.entries.map(({ operation }) => operation)
    const letGo = operations.lastIndexOf('functions.deployFunction')
    expect(operations.indexOf('iam.deleteApplication')).toBeGreaterThan(letGo)
    expect(operations.indexOf('secrets.deleteSecret')).toBeGreaterThan(letGo)
    expect(stage.scaleway.iam.apiKeys(removed.applicationId)).toEqual([])
    expect(stage.scaleway.iam.applications().map(({ id }) => id)).not.toContain(removed.applicationId)
    expect(stage.scaleway.secrets.secret(removed.secretId).deletionRequestedAt).toBeInstanceOf(Date)
    expect((await stage.plan()).changes).toEqual({})
    expect(await fetchedBy('app', 'fourth')).toMatch(/^404 /)
  })

  test('a key whose secret is protected is let go, and keeps its application and what that may do', async () => {
    const { mailer, ...others } = three
    await stage.set({ keys: { ...others, post: { ...mailer, secret_protected: true } } })
    await stage.apply()
    const { applicationId, secretId } = keyNamed('post')
    const keys = stage.scaleway.iam.apiKeys(applicationId)
    expect(keys.length).toBeGreaterThan(0)
    await stage.set({ keys: others })
    const refused = await stage.run('apply', '-auto-approve', '-no-color')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('protected')])
    expect(stage.scaleway.iam.apiKeys(applicationId)).toEqual(keys)
    expect(stage.scaleway.iam.policies().map(({ name }) => name)).toContain('key-rotation-post-bearer')
    expect(stage.scaleway.secrets.secret(secretId).deletionRequestedAt).toBeUndefined()
    expect(await fetchedBy('operator', 'post')).toMatch(/^404 /)
    await stage.set({ keys: { ...others, post: mailer } })
    await stage.apply()
    expect((await stage.plan()).changes).toEqual({})
  })

  test('destroy leaves only the secrets, which are scheduled for deletion', async () => {
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
    const secrets = stage.scaleway.secrets.secrets()
    expect(secrets.map(({ deletionRequestedAt }) => deletionRequestedAt)).not.toContain(undefined)
  })

  const tend = 'key-rotation-tend 17 * * * *'

  function triggers(): string[] {
    return stage.deployments
      .crons()
      .map(({ name, schedule }) => `${name} ${schedule}`)
      .toSorted()
  }

  function keyNamed(name: string): { applicationId: string; secretId: string } {
    const key = outputs.keys[name]
    if (key === undefined) throw new Error(`there is no key ${name} among the outputs`)
    return { applicationId: key.application_id, secretId: key.secret_id }
  }

  /** Fires a trigger, and gives the status of each of its keys, by name. */
  async function answers(trigger: string): Promise<Record<string, number>> {
    const { body } = await stage.deployments.fire(trigger)
    const { keys } = v.parse(severalForm, JSON.parse(body))
    const names = Object.keys(keys).toSorted()
    return Object.fromEntries(names.map(name => [name, keys[name]?.status ?? 0]))
  }

  /** What a consumer, or the operator, is answered at a key's address: the status with the access key, or with the refusal. */
  async function fetchedBy(caller: string, name: string): Promise<string> {
    const token = caller === 'operator' ? outputs.operatorKey : outputs.consumerKeys[caller]
    const { status, body } = await call(`${outputs.retrievalUrl}/${name}`, { token, headers: fresh })
    return `${status} ${body.API_KEY ?? body.error}`
  }
})

proofs('a configuration that makes application and secret itself', () => {
  test('hands them to a key in the same apply, and a secret in another project and region is used where it is', async () => {
    const stage = await setStage()
    onTestFinished(stage.end)
    const { scaleway, folder, url } = stage
    const elsewhere = await secretElsewhere(stage)
    const wrapper = join(folder, 'wrapper')
    await mkdir(wrapper)
    await writeFile(join(wrapper, 'main.tf'), wrapperOf({ ...scaleway, url, elsewhere }))
    const { shell } = stage
    await shell('cd wrapper && terraform init -no-color && terraform apply -auto-approve -no-color')
    const { stdout } = await shell('cd wrapper && terraform output -json keys')
    const mine = scaleway.iam.applications().find(({ name }) => name === 'mine')
    const secret = scaleway.secrets.secrets().find(({ name }) => name === 'mine')
    expect(JSON.parse(stdout)).toMatchObject({
      billing: { application_id: mine?.id, secret_id: secret?.id, region: 'fr-par' },
      mailer: { secret_id: elsewhere, region: 'nl-ams' },
    })
    const ticked = await stage.deployments.fire('key-rotation-tend')
    expect(JSON.parse(ticked.body)).toMatchObject({ keys: { billing: { rotated: true }, mailer: { rotated: true } } })
    const read = await shell('cd wrapper && terraform output -json consumer_secret_keys')
    const token: string = JSON.parse(read.stdout).app
    for (const { retrieval_url } of Object.values(v.parse(urlsForm, JSON.parse(stdout))))
      expect((await call(retrieval_url, { token })).status).toBe(200)
    await shell('cd wrapper && terraform plan -no-color -detailed-exitcode')
  })
})

function wrapperOf(given: { url: string; projectId: string; organizationId: string; elsewhere: string } & Owner) {
  return `
terraform {
  required_providers {
    scaleway = {
      source = "scaleway/scaleway"
    }
  }
}

provider "scaleway" {
  access_key      = "${given.owner.accessKey}"
  secret_key      = "${given.owner.secretKey}"
  project_id      = "${given.projectId}"
  organization_id = "${given.organizationId}"
  api_url         = "${given.url}"
}

resource "scaleway_iam_application" "mine" {
  name = "mine"
}

resource "scaleway_secret" "mine" {
  name = "mine"
  type = "key_value"
}

module "keys" {
  source              = "../"
  scw_access_key      = "${given.owner.accessKey}"
  scw_secret_key      = "${given.owner.secretKey}"
  scw_project_id      = "${given.projectId}"
  scw_organization_id = "${given.organizationId}"
  scw_api_url         = "${given.url}"
  keys = {
    billing = { application = scaleway_iam_application.mine, secret = scaleway_secret.mine, consumers = ["app"] }
    mailer  = { secret = { id = "nl-ams/${given.elsewhere}" }, consumers = ["app"] }
  }
}

output "keys" {
  value = module.keys.keys
}

output "consumer_secret_keys" {
  value     = module.keys.consumer_secret_keys
  sensitive = true
}
`
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

interface Owner {
  readonly owner: { readonly accessKey: string; readonly secretKey: string }
}
