import { expect, test, vi } from 'vitest'
import { RotatedKey } from '../../examples/node/rotated-key.ts'
import { built } from '../support/built.ts'
import { run } from '../support/command.ts'
import { consumers, startConsumer, until } from './consumers.ts'
import { type AtEnd, startStack } from './stack.ts'
import { key, startStandIn } from './stand-in.ts'

const { zip: retrievalZip } = await built('retrieval')
// Several examples run in parallel here, each in real time.
vi.setConfig({ testTimeout: 90_000 })

/** A stack with a first key, and the number of requests to retrieval. */
async function stackWithKey(atEnd: AtEnd) {
  const stack = await startStack({ retrievalZip, atEnd })
  await stack.rotation.post({}, 'operator')
  return { ...stack, asked: () => stack.first.output().filter(line => line.includes('"key given"')).length }
}

test.concurrent('in Node many calls that are refused at the same time ask retrieval once, and all succeed', async ({
  onTestFinished: atEnd,
}) => {
  const stack = await stackWithKey(atEnd)
  const { RETRIEVAL_URL: url, CONSUMER_KEY: consumerKey, SCW_API_URL: apiUrl } = stack.settings
  const rotated = await RotatedKey.start({ url, consumerKey, timeoutMs: 15_000 })
  atEnd(async () => rotated.stop())
  await stack.revoke()
  const call = () =>
    rotated.use(({ accessKey, secretKey }) =>
      fetch(`${apiUrl}/iam/v1alpha1/api-keys/${accessKey}`, { headers: { 'X-Auth-Token': secretKey } }),
    )
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await call()).status))
  expect(statuses).toEqual(Array.from({ length: 20 }, () => 200))
  expect(stack.refused()).toHaveLength(20)
  await until(() => stack.asked() === 2, 'retrieval was asked twice')
  expect(JSON.stringify(rotated.current)).toMatch(/^\{"accessKey":"SCW\w{17}","revision":2\}$/)
})

test.concurrent('in Node a call that throws its refusal, as an SDK does, is repeated once as well', async ({
  onTestFinished: atEnd,
}) => {
  const standIn = await startStandIn(atEnd)
  const { RETRIEVAL_URL: url, CONSUMER_KEY: consumerKey } = standIn.settings
  const rotated = await RotatedKey.start({ url, consumerKey, timeoutMs: 15_000 })
  atEnd(async () => rotated.stop())
  standIn.answers(key(2))
  const revisions: number[] = []
  const given = await rotated.use(async ({ revision }) => {
    revisions.push(revision)
    if (revision === 1) throw Object.assign(new Error('denied'), { status: 401 })
    return 'done'
  })
  expect({ given, revisions }).toEqual({ given: 'done', revisions: [1, 2] })
  await expect(rotated.use(() => Promise.reject(new RangeError('its own mistake')))).rejects.toThrow(RangeError)
})

test.concurrent.for(consumers.filter(({ name }) => name === 'python'))(
  'in $name many threads that are refused at the same time ask retrieval once, and all succeed',
  async (_, { onTestFinished: atEnd }) => {
    const stack = await stackWithKey(atEnd)
    const settings = { ...stack.settings, PYTHONDONTWRITEBYTECODE: '1', no_proxy: '*' }
    const threads = run(['python3', 'test/examples/at_once.py'], settings)
    atEnd(threads.end)
    await threads.prints('ready')
    await stack.revoke()
    threads.closeInput()
    expect(await threads.exitCode, threads.stderr()).toBe(0)
    expect(threads.stdout()).toContain('20 calls, {200}')
    expect(stack.refused()).toHaveLength(20)
    await until(() => stack.asked() === 2, 'retrieval was asked twice')
  },
)

test.concurrent.for(consumers)(
  'the example $name does not ask retrieval each time when its calls are refused for another reason than the key',
  async (consumer, { onTestFinished: atEnd }) => {
    const standIn = await startStandIn(atEnd, { apiStatus: () => 403 })
    const app = startConsumer(consumer, { ...standIn.settings, REFRESH_SECONDS: '3600' }, atEnd)
    // At the start, after the first refusal, and then every few seconds, however many calls there are.
    await until(() => app.calls().length >= Math.max(6, 3 * standIn.asked()), 'most calls do not ask retrieval')
    expect(standIn.asked()).toBeGreaterThanOrEqual(2)
    expect(new Set(app.calls())).toEqual(new Set(['403 revision 1']))
  },
)
