import { startCron } from '../test/fake-scaleway/functions/cron.ts'
import { createScaleway, serve } from '../test/fake-scaleway/index.ts'
import { addressOf } from './deployment/address.ts'
import { runLocalCommand, type Starting } from './local/command.ts'
import { fireRoute } from './local/cron-route.ts'
import { type DeploymentFields, firstLook } from './local/first-look.ts'
import { startFunctions } from './local/functions.ts'
import { createIdentities, cronToken, type Identities, letBearerReadIam } from './local/identities.ts'
import { optionsHelp } from './local/options.ts'
import { scalewayFields } from './local/scaleway-fields.ts'
import { functionSettings, rotationSchedule } from './local/settings.ts'

const help = `Runs both functions on this machine, against a local Scaleway. Needs no account and creates no key.

Usage: npm start [-- options]

${optionsHelp}
  --keys A,B the names of the keys to rotate, each with an application, a secret and a consumer of its own (default:
             one key)

With --port N the rotation function is at N+1 and the retrieval function at N+2.
For scripts, without npm's own lines on stdout: npm start --silent -- --json`

await runLocalCommand({ help, portsNeeded: 3, takesKeys: true, start })

async function start(starting: Starting) {
  const { port, log, atEnd } = starting
  const scaleway = createScaleway()
  const server = await serve(scaleway, { port: port ?? 0 })
  atEnd(server.close)
  const identities = createIdentities(scaleway, starting.keys)
  for (const { applicationId } of identities.keys) letBearerReadIam(scaleway, applicationId)
  const settings = functionSettings({ scaleway, scalewayUrl: server.url, identities })
  const ports = { rotation: port && port + 1, retrieval: port && port + 2 }
  const { rotation, retrieval } = await startFunctions({ scaleway, settings, ports, starting })
  const token = cronToken(identities)
  const schedules = schedulesOf(starting.keys)
  const crons = schedules.map(({ args, ...schedule }) =>
    startCron({
      ...schedule,
      args: { ...args, token },
      gateway: rotation,
      readings: scaleway.state.readings,
      log: line => log(`cron       ${line}`),
    }),
  )
  for (const cron of crons) atEnd(cron.stop)
  scaleway.addRoutes([fireRoute(name => crons.find(cron => cron.name === name)?.fire())])
  const only = identities.keys.length === 1 ? identities : undefined
  const fields: DeploymentFields = {
    ...scalewayFields(scaleway, server.url),
    secret_id: only?.secretId,
    application_id: only?.applicationId,
    rotation_url: rotation.url,
    retrieval_url: retrieval.url,
    operator_secret_key: identities.operator.secretKey,
    consumer_secret_key: only?.consumer.secretKey,
    monitor_secret_key: identities.monitor.secretKey,
    keys: keyFields(identities, retrieval.url),
  }
  return { fields, firstLook: firstLook(fields, schedules) }
}

/** The CRONs, as in main.tf. */
function schedulesOf(keys: readonly string[]) {
  return [
    { name: 'monthly', schedule: rotationSchedule, args: { action: 'rotate', keys, source: 'cron' } },
    { name: 'hourly', schedule: '17 * * * *', args: { action: 'tend', source: 'maintenance' } },
  ]
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
