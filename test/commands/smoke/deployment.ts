import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBuilt } from '../../../scripts/local/functions.ts'
import { createIdentities, type Identities } from '../../../scripts/local/identities.ts'
import { functionSettings } from '../../../scripts/local/settings.ts'
import type { Gate } from '../../fake-scaleway/functions/gate.ts'
import { createScaleway, type FakeScaleway, serve } from '../../fake-scaleway/index.ts'
import { builtZips } from '../../support/built.ts'

/** Both functions on a local Scaleway, as Terraform deploys them with one consumer and one monitor. */
export interface Deployment {
  readonly cloud: FakeScaleway
  readonly ids: Identities
  /** What `terraform output -json` would print, by output. */
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>
  /** Writes outputs to a file and gives its path. */
  write(outputs: Deployment['outputs']): Promise<string>
  close(): Promise<void>
}

/** Starts a deployment, behind a gate that treats headers as it is told. */
export async function startDeployment(gate: Partial<Gate> = {}): Promise<Deployment> {
  const ends: (() => Promise<void> | void)[] = []
  const cloud = createScaleway()
  const server = await serve(cloud)
  ends.unshift(server.close)
  const ids = createIdentities(cloud)
  const settings = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities: ids })
  const { rotation, retrieval } = await startBuilt(await builtZips(), {
    scaleway: cloud,
    settings,
    ports: { rotation: undefined, retrieval: undefined },
    gate,
    starting: { log: () => undefined, atEnd: end => ends.unshift(end) },
  })
  const folder = await mkdtemp(join(tmpdir(), 'smoke-test-'))
  ends.unshift(() => rm(folder, { recursive: true, force: true }))
  return {
    cloud,
    ids,
    outputs: {
      rotation_url: { value: rotation.url },
      retrieval_url: { value: retrieval.url },
      operator_secret_key: { value: ids.operator.secretKey },
      consumer_secret_keys: { value: { app: ids.consumer.secretKey } },
      monitor_secret_keys: { value: { uptime: ids.monitor.secretKey } },
    },
    write: async outputs => {
      const file = join(folder, `${crypto.randomUUID()}.json`)
      await writeFile(file, JSON.stringify(outputs))
      return file
    },
    close: async () => {
      for (const end of ends) await end()
    },
  }
}
