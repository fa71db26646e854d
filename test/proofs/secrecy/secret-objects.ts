import { readConfig as readRetrievalConfig } from '../../../functions/retrieval/config.ts'
import { readConfig } from '../../../functions/rotation/config.ts'
import type { Fetch } from '../../../functions/rotation/fetch.ts'
import { errorForCall } from '../../../functions/rotation/http/errors.ts'
import { ApiError } from '../../../functions/rotation/scaleway/api-error.ts'
import { boundedBy, connect } from '../../../functions/rotation/scaleway/client.ts'
import { keysOf } from '../../../functions/rotation/scaleway/keys.ts'
import { versionsOf } from '../../../functions/rotation/scaleway/versions.ts'
import { decodeCredential, encodeCredential } from '../../../functions/shared/credential.ts'
import { Secret } from '../../../functions/shared/secret.ts'
import { cronToken, keyVariables } from '../../../scripts/local/identities.ts'
import { deploy, rotationEnv } from '../../support/rotation.ts'
import { Search } from './planted.ts'
import { printed } from './printed.ts'
import type { Looked } from './secret-runs.ts'

/** A key that the upstream puts into every place of its answers. */
const echoed = '5ca1ab1e-0000-4bad-8bad-5ec2e7ec40ed'
const signing = 'c2lnbmluZyBzZWNyZXQgb2YgYSBwcm9vZiwgcGxhbnRlZA=='

/** Upstream answers that quote a secret, each in another way. */
const answers: readonly (() => Response)[] = [
  ...[200, 201, 299, 302, 400, 401, 403, 404, 409, 412, 423, 429, 500, 503].map(
    status => () => json(status, quoting()),
  ),
  () => json(200, { secret_key: echoed, access_key: echoed, created_at: echoed, api_keys: [echoed], total_count: 1 }),
  () => new Response(`{"secret_key":"${echoed}`, { headers: { 'content-type': 'application/json' } }),
  () => new Response(echoed, { headers: { 'content-type': 'application/json' } }),
  () => new Response(echoed, { status: 502, headers: { 'content-type': 'text/plain' } }),
  () => new Response(`<h1>${echoed}</h1>`, { headers: { 'content-type': 'text/html', 'x-echo': echoed } }),
  () => {
    throw new TypeError(`fetch failed ${echoed}`, { cause: Object.assign(new Error(echoed), { code: 'ECONNRESET' }) })
  },
  () => {
    throw Object.assign(new Error(echoed, { cause: { echoed } }), { name: echoed, code: echoed, status: echoed })
  },
]

/** Prints, in every way, every object that holds a secret and every error caused by an answer that quotes one. */
export async function secretObjects(): Promise<Looked & { readonly objects: number }> {
  const { cloud, ids } = deploy()
  const search = new Search()
  for (const who of ['rotator', 'reader'] as const) search.plant(`the key of the ${who}`, ids[who].secretKey)
  search.plant("the CRON's token", cronToken(ids))
  search.plant('what an upstream quoted', echoed)
  search.plant('the signing secret', signing)
  const env = {
    ...rotationEnv(cloud, ids),
    READER_SECRET_KEY: ids.reader.secretKey,
    NOTIFICATION_URL: `https://hook.example/${echoed}`,
    NOTIFICATION_SECRET: `whsec_${signing}`,
    HEARTBEAT_URL: `https://beat.example/${echoed}`,
  }
  const retrievalEnv = { ...env, ...keyVariables(ids, cloud).retrieval }
  const config = readConfig(env)
  const made = await callsOf(config, request => cloud.fetch(request)).keys.create({ description: '', expiresAt: null })
  search.plant('the new key', made.credential.secretKey.reveal())
  const objects = new Map<string, unknown>([
    ['a Secret', new Secret(ids.rotator.secretKey)],
    ['the settings of rotation', config],
    ['the settings of retrieval', readRetrievalConfig(retrievalEnv)],
    ['a created key', made],
    ['a decoded credential', decodeCredential(encodeCredential(made.credential))],
    ...(await errors(config)),
    ...misread(env, readConfig),
    ...misread(retrievalEnv, readRetrievalConfig),
  ])
  const places = Object.fromEntries(
    [...objects].flatMap(([name, object]) => printed(object).map(([how, text]) => [`${how} of ${name}`, [text]])),
  )
  return { places, search, objects: objects.size }
}

function quoting(): object {
  const details = [{ argument_name: echoed, help_message: echoed, reason: echoed, resource: echoed }]
  return {
    type: echoed,
    message: echoed,
    details,
    resource: echoed,
    resource_id: echoed,
    fields: { [echoed]: [echoed] },
  }
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'x-echo': echoed },
  })
}

type Config = ReturnType<typeof readConfig>

function callsOf(config: Config, fetch: Fetch) {
  const [key] = config.keys.values()
  if (key === undefined) throw new Error('The configuration has a key.')
  const { apiUrl, rotator } = config
  const scaleway = connect({ apiUrl, region: key.region, credential: rotator, fetch: boundedBy(() => 1_000, fetch) })
  return { keys: keysOf({ scaleway, ...key }), versions: versionsOf({ scaleway, ...key }) }
}

/** Makes every call with every answer: gives the errors that are thrown, and the HTTP errors that they become. */
async function errors(config: Config): Promise<[string, unknown][]> {
  const thrown: [string, unknown][] = []
  for (const [index, answer] of answers.entries()) {
    const { keys, versions } = callsOf(config, async () => answer())
    const calls = {
      'list keys': () => keys.list(),
      'get key': () => keys.get('SCW00000000000000000'),
      'create key': () => keys.create({ description: '', expiresAt: null }),
      'remove key': () => keys.remove('SCW00000000000000000'),
      'list versions': () => versions.list(),
      served: () => versions.served(),
      publish: () => versions.publish({ credential: config.rotator, description: '' }),
      disable: () => versions.disable(1),
      'remove version': () => versions.remove(1),
    }
    for (const [name, call] of Object.entries(calls)) {
      const error: unknown = await call().then(
        () => undefined,
        caught => caught,
      )
      if (error === undefined) continue
      const label = `${name}, answer ${index}`
      thrown.push([`the error of ${label}`, error])
      if (error instanceof ApiError) thrown.push([`the HTTP error of ${label}`, errorForCall(error)])
    }
  }
  return thrown
}

/** Reads settings with a secret where none belongs: the error names the variable and no value. */
function misread(env: Record<string, string>, read: (env: Record<string, string>) => unknown): [string, unknown][] {
  return Object.keys(env).flatMap((name): [string, unknown][] => {
    try {
      read({ ...env, [name]: `${echoed} /` })
      return []
    } catch (error) {
      return [[`the error of a wrong ${name} (${read.name})`, error]]
    }
  })
}
