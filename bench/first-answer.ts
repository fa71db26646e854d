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

/**
 * Starts a process that imports the bundle and calls it `times` times; gives the figures of the first answer.
 * @throws {Error} when an answer is missing or is not the key
 */
export async function firstAnswer(bundle: string, { setting, times = 1 }: { setting: Setting; times?: number }) {
  const begun = performance.now()
  const child = start(bundle, { setting, times })
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

function start(bundle: string, { setting, times }: { setting: Setting; times: number }): ChildProcess {
  const { node, upstream, throttle } = setting
  const command = [node, runner, bundle, String(times)]
  const join = throttle === undefined ? '' : `echo $$ > ${throttle.joinFile} && `
  return spawn('/bin/sh', ['-c', `${join}exec "$@"`, 'sh', ...command], {
    env: environment(upstream),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

function environment({ url, secretId, certificatePath }: Upstream): NodeJS.ProcessEnv {
  const presented = randomUUID()
  return {
    NODE_EXTRA_CA_CERTS: certificatePath,
    PRESENTED_KEY: presented,
    API_URL: url,
    REGION: 'fr-par',
    SECRET_ID: secretId,
    READER_SECRET_KEY: randomUUID(),
    CALLER_APP: JSON.stringify({ name: 'app', role: 'consumer', sha256: hash(presented) }),
  }
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
