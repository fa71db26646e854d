import { addressOf } from './deployment/address.ts'
import { runLocalCommand, type Starting } from './local/command.ts'
import { type DeploymentFields, firstLook } from './local/first-look.ts'
import type { Identities } from './local/identities.ts'
import { optionsHelp } from './local/options.ts'
import { scalewayFields } from './local/scaleway-fields.ts'
import { serveWorld } from './page/local-page.ts'
import { startWorld } from './page/world/start.ts'

const help = `Runs both functions on this machine, against a local Scaleway. Needs no account and creates no key. Prints the address
of a page that shows rotations, and on which a year of them takes a minute.

Usage: npm start [-- options]

${optionsHelp}
  --keys A,B the names of the keys to rotate, each with an application, a secret and a consumer of its own (default:
             one key)

With --port N the rotation function is at N+1 and the retrieval function at N+2; the page is at a free port.
For scripts, without npm's own lines on stdout: npm start --silent -- --json`

await runLocalCommand({ help, portsNeeded: 3, takesKeys: true, start })

async function start(starting: Starting) {
  const world = await startWorld({ starting })
  const { scaleway, scalewayUrl, rotation, retrieval, identities, crons } = world.deployment
  const page = await serveWorld(world, starting)
  const only = identities.keys.length === 1 ? identities : undefined
  const fields: DeploymentFields = {
    ...scalewayFields(scaleway, scalewayUrl),
    secret_id: only?.secretId,
    application_id: only?.applicationId,
    rotation_url: rotation.url,
    retrieval_url: retrieval.url,
    operator_secret_key: identities.operator.secretKey,
    consumer_secret_key: only?.consumer.secretKey,
    monitor_secret_key: identities.monitor.secretKey,
    page_url: page.url,
    keys: keyFields(identities, retrieval.url),
  }
  return { fields, firstLook: firstLook(fields, crons) }
}

function keyFields({ keys }: Identities, retrievalUrl: string): DeploymentFields['keys'] {
  return Object.fromEntries(
    keys.map(({ name, applicationId, secretId, consumer }) => [
      name,
      {
        application_id: applicationId,
        secret_id: secretId,
        consumer_secret_keys: { [consumer.name]: consumer.secretKey },
        retrieval_url: addressOf(retrievalUrl, name),
      },
    ]),
  )
}
