import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { bothHeaders, credentialIn } from '../../scripts/deployment/caller-headers.ts'
import { built } from '../support/built.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { consumers, startConsumer, until } from './consumers.ts'
import { type Stack, startStack } from './stack.ts'

const { zip: retrievalZip } = await built('retrieval')
// Several examples run in parallel here, each in real time.
vi.setConfig({ testTimeout: 90_000 })

test.concurrent.for(consumers)(
  'the example $name sees nothing but 200 through a rotation, the end of an overlap and a revocation',
  async (consumer, { onTestFinished: atEnd }) => {
    const folder = await mkdtemp(join(tmpdir(), 'example-'))
    atEnd(() => rm(folder, { recursive: true }))
    const stack = await startStack({ retrievalZip, atEnd })
    const app = startConsumer(consumer, { ...stack.settings, TMPDIR: folder }, atEnd)

    // Started before there is any key.
    await app.says('no-key-yet')
    await stack.rotation.post({}, 'operator')
    await app.sees('200 revision 1')

    // Retrieval is unavailable while the key is rotated: the held key works during the overlap.
    await stack.routeTo(undefined)
    await app.says('Retrieval is unavailable (503')
    await stack.rotateAfterAMonth()
    await app.keepsCalling()
    expect(app.calls().at(-1)).toBe('200 revision 1')
    await stack.routeTo(stack.first)
    await app.sees('200 revision 2')

    // The overlap ends: the older version is disabled, its key deleted.
    await stack.endOverlap()
    await app.keepsCalling()
    expect(app.calls().at(-1)).toBe('200 revision 2')
    expect(stack.refused()).toEqual([])

    // A leak, with retrieval as it is deployed: for a minute its cache gives the key that is deleted by now.
    await routeToCachingInstance(stack)
    await stack.revoke()
    await app.sees('200 revision 3')
    await app.keepsCalling()

    expect(stack.refused()).toEqual(['iam.getApiKey 401'])
    expect(new Set(app.calls())).toEqual(new Set(['200 revision 1', '200 revision 2', '200 revision 3']))
    expect(app.stdout()).toMatch(new RegExp(`^(${consumer.name} 200 revision \\d\n)+$`))
    expectNoSecret([app.stdout(), app.stderr()], stack.secrets())
    expect((await readdir(folder)).filter(name => !name.startsWith('tsx-'))).toEqual([])
  },
)

test.concurrent.for(consumers)(
  'the example $name uses an older key after a rollback, and not because another instance still caches one',
  async (consumer, { onTestFinished: atEnd }) => {
    const stack = await startStack({ retrievalZip, atEnd })
    await stack.rotation.post({}, 'operator')
    const late = await stack.instance(60)
    const remembered = await fetch(late.url, { headers: credentialIn(bothHeaders, stack.settings.CONSUMER_KEY) })
    expect(remembered.headers.get('x-key-revision')).toBe('1')
    await stack.rotateAfterAMonth()

    const app = startConsumer(consumer, stack.settings, atEnd)
    await app.sees('200 revision 2')
    await stack.routeTo(late)
    await until(() => late.output().some(line => line.includes('"status":304')), `${consumer.name} asks Scaleway`)
    await app.keepsCalling()
    expect(new Set(app.calls())).toEqual(new Set(['200 revision 2']))

    await stack.routeTo(stack.first)
    await stack.rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    await app.sees('200 revision 1')
    expect(stack.refused()).toEqual([])
  },
)

/** Routes requests to an instance that has answered from Scaleway once, and answers from its cache for a minute. */
async function routeToCachingInstance(stack: Stack): Promise<void> {
  const instance = await stack.instance(60)
  await stack.routeTo(instance)
  await until(
    () => instance.output().some(line => line.includes('"source":"memory"')),
    'retrieval answers from its cache',
  )
}
