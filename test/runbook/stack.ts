import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { functionNames } from '../../scripts/build/bundle.ts'
import { createIdentities, type Identities } from '../../scripts/local/identities.ts'
import { functionSettings } from '../../scripts/local/settings.ts'
import { startFunction } from '../fake-scaleway/functions/function-process.ts'
import { startGateway } from '../fake-scaleway/functions/gateway.ts'
import { createScaleway, type FakeScaleway, serve } from '../fake-scaleway/index.ts'
import { Table } from '../fake-scaleway/table.ts'
import { built } from '../support/built.ts'
import { ShiftedClock } from './shifted-clock.ts'
import { linkTools } from './tools.ts'

/** Both built functions behind private gateways, on a local Scaleway whose clock can be set back. */
export interface Stack {
  readonly cloud: FakeScaleway
  readonly clock: ShiftedClock
  readonly ids: Identities
  readonly retrievalUrl: string
  /** What a person has in the folder of the deployment: a `terraform` that knows the outputs, and the variables of the apply. */
  readonly env: Readonly<Record<string, string>>
  /** What a person has who was given the URLs and the operator's token alone: no `terraform`, no key of Scaleway's. */
  readonly holderEnv: Readonly<Record<string, string>>
  /** The same as `env` for a deployment that made no operator, and the key of one of your own. */
  withoutOperator(): Promise<{ env: Stack['env']; operatorKey: string }>
  /** Removes every version of the secrets and every key of the bearers. */
  reset(): void
  end(): Promise<void>
}

/** Builds both functions and starts a stack, for keys of these names; without any, for the one of a deployment that names none. */
export async function startStack(names?: readonly string[]): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-'))
  const clock = new ShiftedClock()
  const cloud = createScaleway({ clock })
  const server = await serve(cloud)
  const ids = createIdentities(cloud, names)
  const ends: (() => Promise<void>)[] = [server.close]
  const settings = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities: ids })
  const start = async (name: (typeof functionNames)[number]) => {
    const env = { ...settings[name], NODE_OPTIONS: `--import=${new URL('./short-waits.mjs', import.meta.url)}` }
    const process = await startFunction({ zip: (await built(name)).zip, env })
    ends.unshift(process.stop)
    const gateway = await startGateway({
      functionUrl: process.url,
      privacy: 'private',
      authority: cloud,
      state: cloud.state,
      projectId: cloud.projectId,
      timeoutSeconds: Number(settings[name].TIMEOUT_SECONDS),
      maxScale: 1,
    })
    ends.unshift(gateway.close)
    return gateway.url
  }
  const [rotationUrl, retrievalUrl] = await Promise.all([start('rotation'), start('retrieval')])
  ends.unshift(() => rm(folder, { recursive: true, force: true }))
  const outputs = {
    rotation_url: rotationUrl,
    retrieval_url: retrievalUrl,
    ...(ids.keys.length === 1 && { application_id: ids.applicationId, secret_id: ids.secretId }),
    keys: JSON.stringify(Object.fromEntries(ids.keys.map(key => [key.name, keyOutputs(key, cloud)]))),
    consumer_secret_keys: JSON.stringify(
      Object.fromEntries(ids.keys.map(({ consumer }) => [consumer.name, consumer.secretKey])),
    ),
  }
  const { secretKey: operatorKey } = ids.operator
  await writeTerraform(folder, { ...outputs, operator_secret_key: operatorKey })
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    SCW_API_URL: server.url,
    SCW_SECRET_KEY: cloud.owner.secretKey,
    SCW_DEFAULT_ORGANIZATION_ID: cloud.organizationId,
  }
  return {
    cloud,
    clock,
    ids,
    retrievalUrl,
    env,
    holderEnv: {
      PATH: await linkTools(join(folder, 'tools')),
      ROTATION_URL: rotationUrl,
      RETRIEVAL_URL: retrievalUrl,
      TOKEN: operatorKey,
    },
    withoutOperator: async () => {
      await writeTerraform(folder, outputs)
      return { env, operatorKey }
    },
    reset: () => {
      for (const { applicationId, secretId } of ids.keys) {
        for (const { accessKey } of cloud.iam.apiKeys(applicationId)) cloud.iam.deleteApiKey(accessKey)
        cloud.state.shelves.set(secretId, { lastRevision: 0, versions: new Table(), payloads: new Map() })
      }
    },
    end: async () => {
      for (const end of ends) await end()
    },
  }
}

function keyOutputs({ applicationId, secretId }: Identities['keys'][number], { region }: FakeScaleway) {
  return { application_id: applicationId, secret_id: secretId, region }
}

/** A stand-in that answers `terraform output` of one value or of all as JSON, and nothing else. */
async function writeTerraform(folder: string, outputs: Readonly<Record<string, string>>): Promise<void> {
  await rm(join(folder, 'outputs'), { recursive: true, force: true })
  await Promise.all(['bin', 'outputs'].map(name => mkdir(join(folder, name), { recursive: true })))
  for (const [name, value] of Object.entries(outputs)) await writeFile(join(folder, 'outputs', name), value)
  const all = Object.entries(outputs).map(([name, value]) => [
    name,
    { value: name.endsWith('keys') ? JSON.parse(value) : value },
  ])
  await writeFile(join(folder, 'outputs', 'all'), JSON.stringify(Object.fromEntries(all)))
  const file = join(folder, 'bin', 'terraform')
  await writeFile(file, `#!/bin/sh\nfolder='${join(folder, 'outputs')}'\n${standIn}`)
  await chmod(file, 0o755)
}

const standIn = `
[ "$1" = output ] || { echo 'Error: only output is known here' >&2; exit 1; }
for last; do :; done
case "$last" in -*) last=all ;; esac
cat "$folder/$last"
`
