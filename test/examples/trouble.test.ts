import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { built } from '../support/built.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { consumers, startConsumer, until } from './consumers.ts'
import { startStack } from './stack.ts'
import { type Answering, etagOf, key, someKey, startStandIn } from './stand-in.ts'

const { zip: retrievalZip } = await built('retrieval')
// Several examples run in parallel here, each in real time.
vi.setConfig({ testTimeout: 90_000 })

test.concurrent('an example whose own credential is refused at the start says so and ends', async ({
  onTestFinished: atEnd,
}) => {
  const stack = await startStack({ retrievalZip, atEnd })
  const settings = { ...stack.settings, CONSUMER_KEY: crypto.randomUUID(), START_SECONDS: '1' }
  for (const app of consumers.map(consumer => startConsumer(consumer, settings, atEnd))) {
    expect(await app.exitCode).toBe(1)
    expect(app.stderr()).toContain("Retrieval refuses this consumer's own credential (401")
    expect(app.stderr()).toContain('There was no key within 1 s')
    expect(app.calls()).toEqual([])
    expectNoSecret([app.stderr()], [settings.CONSUMER_KEY])
  }
})

test.concurrent.for(consumers)(
  'the example $name sends its credential to no address without TLS',
  async (consumer, { onTestFinished: atEnd }) => {
    const settings = { RETRIEVAL_URL: 'http://127.0.0.1.example.test/', CONSUMER_KEY: crypto.randomUUID() }
    const app = startConsumer(consumer, settings, atEnd)
    expect(await app.exitCode).toBe(1)
    expect(app.stderr()).toMatch(/RETRIEVAL_URL must be an https URL/)
    expectNoSecret([app.stderr()], [settings.CONSUMER_KEY])
  },
)

test.concurrent.for(consumers)(
  'the example $name ignores an answer that is not a key, a redirect and a missing answer, and keeps working',
  async (consumer, { onTestFinished: atEnd }) => {
    const elsewhere = await startStandIn(atEnd)
    const standIn = await startStandIn(atEnd)
    const app = startConsumer(consumer, { ...standIn.settings, TIMEOUT_SECONDS: '3' }, atEnd)
    await app.sees('200 revision 1')
    const bad: readonly (readonly [Answering, string])[] = [
      [(_, response) => response.writeHead(302, { Location: elsewhere.url }).end(), 'Retrieval redirects'],
      [key(2, { ...someKey, SECRET_KEY: `${someKey.SECRET_KEY}'` }), 'no usable SECRET_KEY'],
      [key(2, '<html>Welcome</html>'), 'no usable API_KEY'],
      [() => {}, 'Retrieval is unreachable'],
    ]
    for (const [answer, message] of bad) {
      standIn.answers(answer)
      await app.says(message)
    }
    await app.keepsCalling()
    expect(new Set(app.calls())).toEqual(new Set(['200 revision 1']))
    standIn.answers(key(2))
    await app.sees('200 revision 2')
    expect(elsewhere.asked()).toBe(0)
    expectNoSecret([app.stdout(), app.stderr()], [someKey.SECRET_KEY, standIn.settings.CONSUMER_KEY])
  },
)

test.concurrent.for(consumers)(
  'the example $name whose key is refused waits for a retrieval that is too busy, and gets no refusal itself',
  async (consumer, { onTestFinished: atEnd }) => {
    const standIn = await startStandIn(atEnd, { apiStatus: () => (isKnown ? 200 : 401) })
    let isKnown = true
    // A long interval: only a refused call asks again.
    const app = startConsumer(consumer, { ...standIn.settings, REFRESH_SECONDS: '600' }, atEnd)
    await app.sees('200 revision 1')
    const busy = [429, 503]
    standIn.answers((request, response) => {
      const status = busy.shift()
      if (status !== undefined) return void response.writeHead(status).end()
      isKnown = true
      key(2)(request, response)
    })
    isKnown = false
    await app.sees('200 revision 2')
    expect(new Set(app.calls())).toEqual(new Set(['200 revision 1', '200 revision 2']))
  },
)

test.concurrent.for(consumers)(
  'the example $name asks for the key that its address names, with a slash at the end or not, and gives the tag back as it came',
  async (consumer, { onTestFinished: atEnd }) => {
    for (const end of ['/billing', '/billing/']) {
      const standIn = await startStandIn(atEnd)
      const settings = { ...standIn.settings, RETRIEVAL_URL: `${standIn.url}${end}` }
      const app = startConsumer(consumer, settings, atEnd)
      await until(() => standIn.asked() > 1, 'retrieval is asked again')
      expect(standIn.askedFor().slice(0, 2)).toEqual(['/billing no tag', `/billing ${etagOf(1)}`])
      await app.sees('200 revision 1')
    }
  },
)

test.concurrent.for(consumers.filter(({ name }) => name === 'shell'))(
  'no program that the example $name starts gets a secret by its arguments or its environment',
  async (shell, { onTestFinished: atEnd }) => {
    const folder = await mkdtemp(join(tmpdir(), 'example-'))
    atEnd(() => rm(folder, { recursive: true }))
    for (const program of ['curl', 'sed', 'awk', 'tr', 'head', 'od', 'date', 'sleep']) {
      const path = join(folder, program)
      const record = `{ printf '%s\\n' ${program} "$@"; export; } >> '${folder}/seen'`
      await writeFile(path, `#!/bin/sh\n${record}\nPATH=\${PATH#*:}\nexec ${program} "$@"\n`)
      await chmod(path, 0o755)
    }
    const stack = await startStack({ retrievalZip, atEnd })
    await stack.rotation.post({}, 'operator')
    // Exported by the caller: the names must not be passed to children.
    const exported = { API_KEY: 'exported', SECRET_KEY: 'exported' }
    const app = startConsumer(shell, { ...stack.settings, ...exported, FIRST_ON_PATH: folder }, atEnd)
    await app.sees('200 revision 1')
    await stack.revoke()
    await app.sees('200 revision 2')
    const seen = await readFile(join(folder, 'seen'), 'utf8')
    expect(seen).toContain('PATH=')
    expect(seen.split('\n').filter(line => line === 'curl').length).toBeGreaterThan(2)
    expectNoSecret([seen], stack.secrets())
  },
)
