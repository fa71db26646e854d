import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { built, root } from '../support/built.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { credentialHeaders } from './header-filter.ts'
import { type AtEnd, type Stack, startStack } from './stack.ts'
import { someKey, startStandIn } from './stand-in.ts'

const { zip: retrievalZip } = await built('retrieval')
// Each step starts up to three processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 90_000 })

const stepForm = v.object({
  name: v.string(),
  shell: v.literal('bash'),
  env: v.record(v.string(), v.string()),
  run: v.string(),
})
const workflowForm = v.object({ jobs: v.record(v.string(), v.object({ steps: v.tuple([stepForm, stepForm]) })) })
const file = await readFile(join(root, 'examples/github-actions/use-rotated-key.yaml'), 'utf8')
const { 'use-rotated-key': job } = v.parse(workflowForm, parse(file)).jobs
const [fetching, using] = job?.steps ?? expect.fail('the job has no steps')

type Contexts = Readonly<Record<string, string>>

/** Runs a step as the runner does: its script in bash as committed, each expression of its `env` from a context. */
async function runStep({ env, run }: typeof fetching, contexts: Contexts, overrides: Contexts = {}) {
  const values = Object.entries({ ...env, ...overrides }).map(([name, value]) => [
    name,
    value.replace(/\$\{\{ (\S+) \}\}/g, (_, path: string) => contexts[path] ?? ''),
  ])
  const given = { PATH: process.env.PATH, no_proxy: '*', ...Object.fromEntries(values) }
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], { env: given })
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [exitCode] = await ended
  return { exitCode, stdout, stderr }
}

/** A job whose first step has run. */
async function startJob(
  stack: Pick<Stack, 'settings' | 'scalewayUrl'>,
  atEnd: AtEnd,
  { consumerKey = stack.settings.CONSUMER_KEY, sendCallerKey = '' } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'example-'))
  atEnd(() => rm(folder, { recursive: true }))
  const output = join(folder, 'output')
  await writeFile(output, '')
  const contexts = {
    'vars.RETRIEVAL_URL': stack.settings.RETRIEVAL_URL,
    'vars.SEND_CALLER_KEY': sendCallerKey,
    'secrets.CONSUMER_KEY': consumerKey,
  }
  const fetched = await runStep(fetching, contexts, { GITHUB_OUTPUT: output })
  const written = (await readFile(output, 'utf8')).split('\n').filter(line => line !== '')
  const outputs = Object.fromEntries(
    written.map(line => line.split('=')).map(([name, value]) => [`steps.key.outputs.${name}`, value ?? '']),
  )
  return {
    ...fetched,
    outputs,
    /** The status that the later step sees. */
    use: async () => (await runStep(using, outputs, { SCW_API_URL: stack.scalewayUrl })).stdout,
  }
}

test('each job gets the current key, through a rotation, an overlap and a revocation', async ({
  onTestFinished: atEnd,
}) => {
  const stack = await startStack({ retrievalZip, cacheSeconds: 60, atEnd })
  await stack.rotation.post({}, 'operator')
  const first = await startJob(stack, atEnd)
  expect(await first.use()).toBe('200\n')

  // A job that runs meanwhile keeps the key that it fetched, which works during the overlap.
  await stack.rotateAfterAMonth()
  const second = await startJob(stack, atEnd)
  expect([await first.use(), await second.use()]).toEqual(['200\n', '200\n'])
  expect(second.outputs).not.toEqual(first.outputs)

  await stack.endOverlap()
  expect(await second.use()).toBe('200\n')
  expect(await (await startJob(stack, atEnd)).use()).toBe('200\n')

  await stack.revoke()
  const third = await startJob(stack, atEnd)
  expect(await third.use()).toBe('200\n')
  expect(stack.refused()).toEqual([])
})

test('the log masks both values before anything else, and holds nothing more', async ({ onTestFinished: atEnd }) => {
  const stack = await startStack({ retrievalZip, atEnd })
  await stack.rotation.post({}, 'operator')
  const { stdout, stderr, outputs } = await startJob(stack, atEnd)
  const { accessKey, secretKey } = stack.served() ?? expect.fail('no key is served')
  expect(stdout).toBe(`::add-mask::${secretKey}\n::add-mask::${accessKey}\n`)
  expect(stderr).toBe('')
  expect(outputs).toEqual({ 'steps.key.outputs.access_key': accessKey, 'steps.key.outputs.secret_key': secretKey })
  expect(fetching.run.indexOf('add-mask')).toBeLessThan(fetching.run.indexOf('GITHUB_OUTPUT'))
})

test('a job without a key fails, says why, and writes nothing', async ({ onTestFinished: atEnd }) => {
  const stack = await startStack({ retrievalZip, atEnd })
  const wrong = crypto.randomUUID()
  for (const [credential, status] of [
    [wrong, '401'],
    [stack.settings.CONSUMER_KEY, '404'],
  ] as const) {
    const { exitCode, stdout, stderr, outputs } = await startJob(stack, atEnd, { consumerKey: credential })
    expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} })
    expect(stdout).toMatch(/^::error::Retrieval gave no key\. .*\n$/)
    expect(stderr).toContain(status)
    expectNoSecret([stdout, stderr], [credential])
  }
})

test.for(credentialHeaders)(
  'a job gets the key where the platform lets %s alone through',
  async (passes, { onTestFinished: atEnd }) => {
    const standIn = await startStandIn(atEnd, { passes })
    const stack = { settings: standIn.settings, scalewayUrl: standIn.url }
    const sendCallerKey = passes === 'x-caller-key' ? 'true' : ''
    const { outputs } = await startJob(stack, atEnd, { sendCallerKey })
    expect(outputs['steps.key.outputs.access_key']).toBe(someKey.API_KEY)
  },
)

test('a job asks for the key that RETRIEVAL_URL names, with a slash at the end or not', async ({
  onTestFinished: atEnd,
}) => {
  for (const end of ['/billing', '/billing/']) {
    const standIn = await startStandIn(atEnd)
    const settings = { ...standIn.settings, RETRIEVAL_URL: `${standIn.url}${end}` }
    const { outputs } = await startJob({ settings, scalewayUrl: standIn.url }, atEnd)
    expect(outputs['steps.key.outputs.access_key']).toBe(someKey.API_KEY)
    expect(standIn.askedFor()).toEqual(['/billing no tag'])
  }
})

test('a job with a SEND_CALLER_KEY that is neither true nor false asks nothing and says so', async ({
  onTestFinished: atEnd,
}) => {
  const standIn = await startStandIn(atEnd)
  const stack = { settings: standIn.settings, scalewayUrl: standIn.url }
  const { exitCode, stdout } = await startJob(stack, atEnd, { sendCallerKey: 'yes' })
  expect([exitCode, stdout]).toEqual([1, '::error::SEND_CALLER_KEY must be true, false or empty.\n'])
  expect(standIn.asked()).toBe(0)
})
