import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { bothHeaders, credentialIn } from '../../scripts/deployment/caller-headers.ts'
import { letBearerReadIam } from '../../scripts/local/identities.ts'
import { type Deployment, startDeployment } from '../commands/smoke/deployment.ts'
import { expectNoSecret } from '../support/secrets.ts'
import { consumers, startConsumer } from './consumers.ts'

// Several examples run in parallel here, each in real time.
vi.setConfig({ testTimeout: 90_000 })

let deployment: Deployment
let settings: { RETRIEVAL_URL: string; CONSUMER_KEY: string; SCW_API_URL: string }
beforeAll(async () => {
  deployment = await startDeployment({}, { consumersByKey: { billing: ['billing-app'], mailer: ['billing-app'] } })
  const { cloud, ids, outputs, scalewayUrl } = deployment
  for (const { applicationId } of ids.keys) letBearerReadIam(cloud, applicationId)
  settings = {
    RETRIEVAL_URL: String(outputs.retrieval_url?.value),
    CONSUMER_KEY: ids.consumer.secretKey,
    SCW_API_URL: scalewayUrl,
  }
  // The revision shows which key an example uses.
  for (const name of ['billing', 'mailer', 'mailer']) await rotate(name)
})
afterAll(() => deployment.close())

test.concurrent.for(consumers)(
  'the example $name uses the key that its address names',
  async (consumer, { onTestFinished: atEnd }) => {
    for (const [name, revision] of [
      ['billing', 1],
      ['mailer', 2],
    ] as const) {
      const app = startConsumer(consumer, { ...settings, RETRIEVAL_URL: `${settings.RETRIEVAL_URL}/${name}` }, atEnd)
      await app.sees(`200 revision ${revision}`)
      await app.keepsCalling()
      expect(new Set(app.calls())).toEqual(new Set([`200 revision ${revision}`]))
    }
  },
)

test.concurrent.for(consumers)(
  'the example $name whose address names no key of its own says what it must end in, and ends',
  async (consumer, { onTestFinished: atEnd }) => {
    for (const path of ['', '/search']) {
      const url = `${settings.RETRIEVAL_URL}${path}`
      const app = startConsumer(consumer, { ...settings, RETRIEVAL_URL: url, START_SECONDS: '1' }, atEnd)
      expect(await app.exitCode).toBe(1)
      expect(app.stderr()).toContain(
        'Retrieval has no key for this consumer at this address (404, key-not-named): RETRIEVAL_URL must end in the name of one of its own.',
      )
      expectNoSecret([app.stdout(), app.stderr()], [settings.CONSUMER_KEY])
    }
  },
)

async function rotate(name: string): Promise<void> {
  const { outputs, ids } = deployment
  const headers = credentialIn(bothHeaders, ids.operator.secretKey)
  const body = JSON.stringify({ action: 'rotate', force: true })
  const answer = await fetch(`${outputs.rotation_url?.value}/${name}`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
}
