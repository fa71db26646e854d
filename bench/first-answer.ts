import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import type { Throttle } from './throttle.ts'
import type { Upstream } from './upstream.ts'

/** How to run a bundle: which Node, against what, limited to a share of a core or not. */
export interface Setting {
  readonly node: string
  readonly upstream: Upstream
  readonly throttle: Throttle | undefined
}

/** Milliseconds from the start of the process to its first answer, and the processor time it used until then. */
export interface FirstAnswer {
  readonly wallMs: number
  readonly cpuMs: number
}

const answerForm = v.object({
  statusCode: v.literal(200),
  keys: v.tuple([v.literal('API_KEY'), v.literal('SECRET_KEY')]),
  cpuMs: v.number(),
})

/** The setting; how many keys the deployment has, of which one is requested; how often it is requested. */
interface Deployment {
  readonly setting: Setting
  readonly keyCount: number
  readonly times?: number
}

/**
 * Starts a process that imports the bundle and calls it `times` times; gives the figures of the first answer.
 * @throws {Error} when an answer is missing or is not the key
 */
export async function firstAnswer(bundle: string, { setting, keyCount, times = 1 }: Deployment) {
  const env = environment(setting.upstream, keyCount)
  const begun = performance.now()
  const child = start(bundle, { setting, env, times })
  let output = ''
  let wallMs: number | undefined
  child.stdout?.on('data', chunk => {
    output += chunk
    if (/^answer .*\n/m.test(output)) wallMs ??= performance.now() - begun
  })
  const [code] = await once(child, 'close')
  const answers = Array.from(output.matchAll(/^answer (.*)$/gm), ([, line = '']) =>
    v.parse(answerForm, JSON.parse(line)),
  )
  const [first] = answers
  if (code !== 0 || first === undefined || wallMs === undefined || answers.length !== times)
    throw new Error(`${bundle} gave ${answers.length} answers and ended with ${code}`)
  return { wallMs, cpuMs: first.cpuMs } satisfies FirstAnswer
}

const runner = fileURLToPath(new URL('runner.js', import.meta.url))

interface Start {
  readonly setting: Setting
  readonly env: NodeJS.ProcessEnv
  readonly times: number
}

function start(bundle: string, { setting, env, times }: Start): ChildProcess {
  const { node, throttle } = setting
  const command = [node, runner, bundle, String(times)]
  const join = throttle === undefined ? '' : `echo $$ > ${throttle.joinFile} && `
  return spawn('/bin/sh', ['-c', `${join}exec "$@"`, 'sh', ...command], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** The first key is the one that is requested; each has a consumer of its own. The bare script reads REGION and SECRET_ID. */
function environment({ url, secretId, certificatePath }: Upstream, keyCount: number): NodeJS.ProcessEnv {
  const presented = randomUUID()
  const first = { name: 'key-1', secretId, consumerKey: presented }
  const others = Array.from({ length: keyCount - 1 }, (_, index) => ({
    name: `key-${index + 2}`,
    secretId: randomUUID(),
    consumerKey: randomUUID(),
  }))
  return {
    NODE_EXTRA_CA_CERTS: certificatePath,
    PRESENTED_KEY: presented,
    ASKED_PATH: `/${first.name}`,
    API_URL: url,
    REGION: region,
    SECRET_ID: secretId,
    READER_SECRET_KEY: randomUUID(),
    ...Object.assign({}, ...[...others, first].map(keyVariables)),
  }
}

const region = 'fr-par'

function keyVariables({ name, secretId, consumerKey }: Readonly<Record<'name' | 'secretId' | 'consumerKey', string>>) {
  const inCapitals = name.toUpperCase().replaceAll('-', '_')
  const consumer = `${name}-app`
  return {
    [`KEY_${inCapitals}`]: JSON.stringify({ name, region, secret_id: secretId, consumers: [consumer] }),
    [`CALLER_${inCapitals}_APP`]: JSON.stringify({ name: consumer, role: 'consumer', sha256: hash(consumerKey) }),
  }
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
