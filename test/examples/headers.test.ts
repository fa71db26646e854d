import { expect, test, vi } from 'vitest'
import { built } from '../support/built.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { both, startRecorder } from '../support/sent-credentials.ts'
import { consumers, startConsumer, until } from './consumers.ts'
import { credentialHeaders, passOnly } from './header-filter.ts'
import { startStack } from './stack.ts'
import { startStandIn } from './stand-in.ts'

const { zip: retrievalZip } = await built('retrieval')
// Several examples run in parallel here, each in real time.
vi.setConfig({ testTimeout: 90_000 })

test.concurrent.for(consumers)(
  'the example $name sends its credential in both headers, and not as X-Caller-Key unless it is told to',
  async (consumer, { onTestFinished: atEnd }) => {
    const recorder = await startRecorder()
    atEnd(recorder.close)
    const CONSUMER_KEY = crypto.randomUUID()
    startConsumer(consumer, { RETRIEVAL_URL: recorder.url, CONSUMER_KEY }, atEnd)
    await until(() => recorder.credentials().length > 0, 'retrieval is asked')
    expect(recorder.credentials()[0]).toEqual(both(CONSUMER_KEY))
  },
)

test.concurrent.for(consumers)(
  'the example $name whose credential does not reach retrieval says which setting sends it so that it does',
  async (consumer, { onTestFinished: atEnd }) => {
    const standIn = await startStandIn(atEnd, { passes: 'x-caller-key' })
    const app = startConsumer(consumer, { ...standIn.settings, START_SECONDS: '1' }, atEnd)
    expect(await app.exitCode).toBe(1)
    expect(app.stderr()).toContain(
      'No credential reaches retrieval (403, no-credential): set SEND_CALLER_KEY=true, and send_caller_key in the deployment.',
    )
    expectNoSecret([app.stdout(), app.stderr()], [standIn.settings.CONSUMER_KEY])
  },
)

test.concurrent('an example refuses a SEND_CALLER_KEY that is neither true nor false', async ({
  onTestFinished: atEnd,
}) => {
  const standIn = await startStandIn(atEnd)
  for (const consumer of consumers) {
    const app = startConsumer(consumer, { ...standIn.settings, SEND_CALLER_KEY: 'yes' }, atEnd)
    expect(await app.exitCode).toBe(1)
    expect(app.stderr()).toBe('SEND_CALLER_KEY must be true, false or empty.\n')
  }
  expect(standIn.asked()).toBe(0)
})

test.concurrent.for(credentialHeaders)(
  'the built retrieval knows every example by %s alone',
  async (passes, { onTestFinished: atEnd }) => {
    const stack = await startStack({ retrievalZip, atEnd })
    await stack.rotation.post({}, 'operator')
    await stack.routeTo(await passOnly(passes, stack.first.url, atEnd))
    const settings = { ...stack.settings, SEND_CALLER_KEY: passes === 'x-caller-key' ? 'true' : '' }
    const apps = consumers.map(consumer => startConsumer(consumer, settings, atEnd))
    for (const app of apps) await app.sees('200 revision 1')
    const given = () => stack.first.output().filter(line => line.includes('"msg":"key given"'))
    await until(() => given().length >= consumers.length, 'each example was given the key')
    expect(given().filter(line => !line.includes('"caller_name":"app"'))).toEqual([])
  },
)
