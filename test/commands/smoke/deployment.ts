import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { startBuilt } from '../../../scripts/local/functions.ts'
import { createIdentities, defaultKeyName, type Identities } from '../../../scripts/local/identities.ts'
import { functionSettings } from '../../../scripts/local/settings.ts'
import { createScaleway, type FakeScaleway, type Readings, serve } from '../../fake-scaleway/index.ts'
import { builtZips } from '../../support/built.ts'
import { grantedPolicies } from './granted-policies.ts'

/** Both functions on a local Scaleway, as Terraform deploys them with one monitor, and with a consumer for each key. */
export interface Deployment {
  readonly cloud: FakeScaleway
  readonly ids: Identities
  readonly scalewayUrl: string
  /** What `terraform output -json` would print, by output. */
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>
  /** Writes outputs to a file and gives its path. */
  write(outputs: Deployment['outputs']): Promise<string>
  close(): Promise<void>
}

/** The keys of a deployment, and which consumers may fetch each: `app` the only one, or what is given. */
interface DeploymentKeys {
  readonly consumersByKey?: Readonly<Record<string, readonly string[]>>
}

/** Starts a deployment, on a platform with these readings. */
export async function startDeployment(
  readings: Partial<Readings> = {},
  { consumersByKey = { [defaultKeyName]: ['app'] } }: DeploymentKeys = {},
): Promise<Deployment> {
  const ends: (() => Promise<void> | void)[] = []
  const cloud = createScaleway({ readings })
  const server = await serve(cloud)
  ends.unshift(server.close)
  const ids = createIdentities(cloud, Object.keys(consumersByKey))
  const settings = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities: ids })
  for (const [name, value] of Object.entries(settings.retrieval).filter(([name]) => name.startsWith('KEY_'))) {
    const key = v.parse(v.looseObject({ name: v.string() }), JSON.parse(value))
    Object.assign(settings.retrieval, { [name]: JSON.stringify({ ...key, consumers: consumersByKey[key.name] }) })
  }
  const { rotation, retrieval } = await startBuilt(await builtZips(), {
    scaleway: cloud,
    settings,
    ports: { rotation: undefined, retrieval: undefined },
    starting: { log: () => undefined, atEnd: end => ends.unshift(end) },
  })
  const folder = await mkdtemp(join(tmpdir(), 'smoke-test-'))
  ends.unshift(() => rm(folder, { recursive: true, force: true }))
  return {
    cloud,
    ids,
    scalewayUrl: server.url,
    outputs: {
      rotation_url: { value: rotation.url },
      retrieval_url: { value: retrieval.url },
      operator_secret_key: { value: ids.operator.secretKey },
      consumer_secret_keys: {
        value: Object.fromEntries(ids.keys.map(({ consumer }) => [consumer.name, consumer.secretKey])),
      },
      monitor_secret_keys: { value: { uptime: ids.monitor.secretKey } },
      policies: { value: grantedPolicies(cloud, ids) },
      keys: {
        value: Object.fromEntries(
          ids.keys.map(({ name, applicationId, secretId }) => [
            name,
            {
              application_id: applicationId,
              secret_id: secretId,
              region: cloud.region,
              consumers: consumersByKey[name],
              retrieval_url: `${retrieval.url}/${name}`,
            },
          ]),
        ),
      },
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
