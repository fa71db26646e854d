import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { composeRetrieval } from '../../functions/retrieval/compose.ts'
import { composeRotation } from '../../functions/rotation/compose.ts'
import { createLog } from '../../functions/rotation/log.ts'
import { callerVariables, cronToken } from '../../scripts/local/identities.ts'
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

/** A deployment with a published key, and its two functions as the platform calls them. */
async function deployed() {
  const { cloud, ids, clock, rotation, served } = deploy()
  await rotation.post()
  clock.advance({ minutes: 11 })
  await rotation.post()
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
      REGION: cloud.region,
      SECRET_ID: ids.secretId,
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

const uses: Record<string, { get: 'rotate' | 'retrieve' } | { post: Record<string, unknown>[] }> = {
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
            path: '/',
            headers,
            body: JSON.stringify({ ...body, ...(token && { token }) }),
          }
          const call = 'get' in how && how.get === 'retrieve' ? stage.retrieve : stage.rotate
          statuses.push((await call(event)).statusCode)
        }
      }
      const opened = statuses.map(status => (status === 200 ? 'yes' : status === 403 ? 'no' : status))
      expect({ [use]: [...new Set(opened)] }).toEqual({ [use]: [table[name]?.[use]] })
    }
  })
})

const scalewayUses: Record<string, (stage: Deployed) => { method: string; path: string; body?: object }> = {
  'read the stored key': ({ cloud, ids }) => ({
    method: 'GET',
    path: `/secret-manager/v1beta1/regions/${cloud.region}/secrets/${ids.secretId}/versions/latest_enabled/access`,
  }),
  'make a key for the reader': ({ ids }) => ({
    method: 'POST',
    path: '/iam/v1alpha1/api-keys',
    body: { application_id: ids.reader.applicationId },
  }),
  'delete an application': ({ cloud }) => ({
    method: 'DELETE',
    path: `/iam/v1alpha1/applications/${cloud.iam.createApplication({ name: 'somebody else' }).id}`,
  }),
  'publish a version': ({ cloud, ids }) => ({
    method: 'POST',
    path: `/secret-manager/v1beta1/regions/${cloud.region}/secrets/${ids.secretId}/versions`,
    body: { data: Buffer.from('{}').toString('base64') },
  }),
  'delete a version': ({ cloud, ids }) => ({
    method: 'DELETE',
    path: `/secret-manager/v1beta1/regions/${cloud.region}/secrets/${ids.secretId}/versions/1`,
  }),
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
        const { method, path, body } = wanted(stage)
        const { status } = await stage.cloud.fetch(`https://scaleway.test${path}`, {
          method,
          headers: { 'X-Auth-Token': stage.ids[role].secretKey, 'Content-Type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        })
        const opened = status < 300 ? 'yes' : status === 403 ? 'no' : status
        expect({ [use]: opened }).toEqual({ [use]: table[name]?.[use] })
      }
    }
  })
})
