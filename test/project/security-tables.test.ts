import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { composeRetrieval } from '../../functions/retrieval/compose.ts'
import { composeRotation } from '../../functions/rotation/compose.ts'
import { createLog } from '../../functions/rotation/log.ts'
import { callerVariables, cronToken, keyVariables } from '../../scripts/local/identities.ts'
import { serve } from '../fake-scaleway/index.ts'
import { root } from '../support/built.ts'
import { deploy, rotationEnv, simulated } from '../support/rotation.ts'

/** The rows of the table under a sentence of SECURITY.md: each credential with what it opens, by the table's head. */
function tableAfter(sentence: string): Record<string, Record<string, string>> {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  const after = text.slice(text.indexOf(sentence)).split('\n\n')[1] ?? ''
  const [head = [], , ...rows] = after.split('\n').map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
  return Object.fromEntries(
    rows.map(([credential = '', ...cells]) => [
      credential,
      Object.fromEntries(cells.map((cell, index) => [head[index + 1], cell])),
    ]),
  )
}

const agent = new Agent()
const ends: (() => Promise<void> | void)[] = [() => agent.destroy()]
afterAll(async () => {
  for (const end of ends) await end()
})

/** The keys of the deployment. The consumer that calls is that of the first. */
const names = ['billing', 'mailer']

/** A deployment with two keys published twice, and its two functions as the platform calls them. */
async function deployed() {
  const { cloud, ids, clock, rotation, served } = deploy({ names })
  await rotation.post({ keys: names })
  clock.advance({ minutes: 11 })
  await rotation.post({ keys: names })
  clock.advance({ minutes: 11 })
  const server = await serve(cloud)
  ends.push(server.close)
  const rotate = composeRotation({
    env: rotationEnv(cloud, ids),
    log: level => createLog({ level, destination: { write: () => undefined } }),
    clock: simulated(clock),
    fetch: () => cloud.fetch,
    receiverFetch: () => cloud.fetch,
  })
  const retrieve = composeRetrieval({
    env: {
      ...callerVariables(ids),
      API_URL: server.url,
      ...keyVariables(ids, cloud).retrieval,
      READER_SECRET_KEY: ids.reader.secretKey,
    },
    clock: { now: () => ({ wallMs: clock.now().getTime(), steadyMs: clock.now().getTime() }), after: () => () => {} },
    random: () => 0,
    opener: () => (url, options) => request(url, { ...options, agent }),
    write: () => undefined,
  })
  const key = (secretKey = '') => ({ 'X-Auth-Token': secretKey, Authorization: `Bearer ${secretKey}` })
  return { cloud, ids, rotate, retrieve, key, rotated: served()?.secretKey }
}

type Deployed = Awaited<ReturnType<typeof deployed>>

/** What a credential is presented as: headers, or the token in the body. */
interface Presented {
  readonly headers: Record<string, string>
  readonly token?: string
}

const credentials: Record<string, (deployed: Deployed) => Presented[]> = {
  'none, or one that is on no list': ({ key }) => [{ headers: {} }, { headers: key(randomUUID()) }],
  'rotated key': ({ key, rotated }) => [{ headers: key(rotated) }],
  "rotator's key, reader's key": ({ key, ids }) => [
    { headers: key(ids.rotator.secretKey) },
    { headers: key(ids.reader.secretKey) },
  ],
  "CRON's token": ({ ids }) => [{ headers: {}, token: cronToken(ids) }],
  "monitor's key": ({ key, ids }) => [{ headers: key(ids.monitor.secretKey) }],
  "consumer's key": ({ key, ids }) => [{ headers: key(ids.consumer.secretKey) }],
  "operator's key": ({ key, ids }) => [{ headers: key(ids.operator.secretKey) }],
}

/** What is asked: of the first key, unless it says otherwise. */
type Use = { readonly path?: string } & ({ get: 'rotate' | 'retrieve' } | { post: Record<string, unknown>[] })

const uses: Record<string, Use> = {
  status: { get: 'rotate' },
  '`rotate`, `tend`': { post: [{ action: 'rotate', dry_run: true }, { action: 'tend' }] },
  '`force`': { post: [{ force: true, dry_run: true }] },
  '`rollback`, `revoke`': {
    post: [
      { action: 'revoke', dry_run: true },
      { action: 'rollback', revision: 2, dry_run: true },
    ],
  },
  'fetch the key': { get: 'retrieve' },
  'fetch the other key': { get: 'retrieve', path: '/mailer' },
}

describe('at the two functions, by SECURITY.md', () => {
  const table = tableAfter('At the two functions')

  test('the table has every credential and every use that is tried', () => {
    expect(Object.keys(table)).toEqual(Object.keys(credentials))
    for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(Object.keys(uses))
  })

  test.each(Object.entries(credentials))('%s opens what the table says, and nothing else', async (name, present) => {
    const stage = await deployed()
    for (const [use, how] of Object.entries(uses)) {
      const statuses: number[] = []
      for (const { headers, token } of present(stage)) {
        const bodies = 'post' in how ? how.post : [{}]
        for (const body of bodies) {
          const event = {
            httpMethod: 'post' in how ? 'POST' : 'GET',
            path: how.path ?? '/billing',
            headers,
            body: JSON.stringify({ ...body, ...(token && { token }) }),
          }
          const call = 'get' in how && how.get === 'retrieve' ? stage.retrieve : stage.rotate
          statuses.push((await call(event)).statusCode)
        }
      }
      // Another's key is answered as none would be.
      const isNo = (status: number) => status === 403 || (status === 404 && how.path !== undefined)
      const opened = statuses.map(status => (status === 200 ? 'yes' : isNo(status) ? 'no' : status))
      expect({ [use]: [...new Set(opened)] }).toEqual({ [use]: [table[name]?.[use]] })
    }
  })
})

interface Wanted {
  readonly method: string
  readonly path: string
  readonly body?: object
}

const post = (path: string, body: object = {}): Wanted => ({ method: 'POST', path, body })

const secretsOf = (stage: Deployed) => `/secret-manager/v1beta1/regions/${stage.cloud.region}/secrets`

/** The paths of the secrets of both keys. */
const ourSecrets = (stage: Deployed) => stage.ids.keys.map(({ secretId }) => `${secretsOf(stage)}/${secretId}`)

const aPayload = { data: Buffer.from('{}').toString('base64') }

/** Each with every call that it needs, or that would be a way to do it. */
const scalewayUses: Record<string, (stage: Deployed) => Wanted[]> = {
  'read a stored key': stage =>
    ourSecrets(stage).map(secret => ({ method: 'GET', path: `${secret}/versions/latest_enabled/access` })),
  'publish a version': stage => ourSecrets(stage).map(secret => post(`${secret}/versions`, aPayload)),
  'delete a version': stage => ourSecrets(stage).map(secret => ({ method: 'DELETE', path: `${secret}/versions/1` })),
  'read, change or delete in another secret': stage => {
    const { id } = stage.cloud.secrets.createSecret({ name: `another team's ${randomUUID()}` })
    stage.cloud.secrets.addVersion(id, { data: 'theirs' })
    const versions = `${secretsOf(stage)}/${id}/versions`
    return [
      { method: 'GET', path: `${versions}/latest_enabled/access` },
      post(versions, aPayload),
      post(`${versions}/1/disable`),
      { method: 'DELETE', path: `${versions}/1` },
      { method: 'DELETE', path: `${secretsOf(stage)}/${id}` },
    ]
  },
  'make a secret': stage => [
    post(secretsOf(stage), { project_id: stage.cloud.projectId, name: `new ${randomUUID()}`, type: 'opaque' }),
  ],
  'make a key for the reader': ({ ids }) => [
    post('/iam/v1alpha1/api-keys', { application_id: ids.reader.applicationId }),
  ],
  'delete an application': ({ cloud }) => [
    {
      method: 'DELETE',
      path: `/iam/v1alpha1/applications/${cloud.iam.createApplication({ name: 'somebody else' }).id}`,
    },
  ],
}

const holders: Record<string, readonly ('rotator' | 'reader' | 'consumer' | 'monitor' | 'operator')[]> = {
  "rotator's key": ['rotator'],
  "reader's key": ['reader'],
  "consumer's, monitor's or operator's key": ['consumer', 'monitor', 'operator'],
}

describe('at Scaleway itself, by SECURITY.md', () => {
  const table = tableAfter('At Scaleway itself')

  test('the table has every credential and every use that is tried', () => {
    expect(Object.keys(table)).toEqual(Object.keys(holders))
    for (const row of Object.values(table)) expect(Object.keys(row)).toEqual(Object.keys(scalewayUses))
  })

  test.each(Object.entries(holders))('%s opens what the table says, and nothing else', async (name, roles) => {
    for (const role of roles) {
      const stage = await deployed()
      for (const [use, wanted] of Object.entries(scalewayUses)) {
        const opened = new Set<string | number>()
        for (const { method, path, body } of wanted(stage)) {
          const { status } = await stage.cloud.fetch(`https://scaleway.test${path}`, {
            method,
            headers: { 'X-Auth-Token': stage.ids[role].secretKey, 'Content-Type': 'application/json' },
            ...(body && { body: JSON.stringify(body) }),
          })
          opened.add(status < 300 ? 'yes' : status === 403 ? 'no' : status)
        }
        expect({ [use]: [...opened] }).toEqual({ [use]: [table[name]?.[use]] })
      }
    }
  })
})
