import { startCron } from '../test/fake-scaleway/functions/cron.ts'
import { createScaleway, serve } from '../test/fake-scaleway/index.ts'
import { runLocalCommand, type Starting } from './local/command.ts'
import { fireRoute } from './local/cron-route.ts'
import { type DeploymentFields, firstLook } from './local/first-look.ts'
import { startFunctions } from './local/functions.ts'
import { createIdentities, cronToken, letBearerReadIam } from './local/identities.ts'
import { optionsHelp } from './local/options.ts'
import { scalewayFields } from './local/scaleway-fields.ts'
import { functionSettings, rotationSchedule } from './local/settings.ts'

const help = `Runs both functions on this machine, against a local Scaleway. Needs no account and creates no key.

Usage: npm start [-- options]

${optionsHelp}

With --port N the rotation function is at N+1 and the retrieval function at N+2.
For scripts, without npm's own lines on stdout: npm start --silent -- --json`

// As in main.tf.
const schedules = [
  { name: 'monthly', schedule: rotationSchedule, args: { action: 'rotate', source: 'cron' } },
  { name: 'hourly', schedule: '17 * * * *', args: { action: 'tend', source: 'maintenance' } },
] as const

await runLocalCommand({ help, portsNeeded: 3, start })

async function start(starting: Starting) {
  const { port, log, atEnd } = starting
  const scaleway = createScaleway()
  const server = await serve(scaleway, { port: port ?? 0 })
  atEnd(server.close)
  const identities = createIdentities(scaleway)
  letBearerReadIam(scaleway, identities.applicationId)
  const settings = functionSettings({ scaleway, scalewayUrl: server.url, identities })
  const ports = { rotation: port && port + 1, retrieval: port && port + 2 }
  const { rotation, retrieval } = await startFunctions({ scaleway, settings, ports, starting })
  const token = cronToken(identities)
  const crons = schedules.map(({ args, ...schedule }) =>
    startCron({ ...schedule, args: { ...args, token }, gateway: rotation, log: line => log(`cron       ${line}`) }),
  )
  for (const cron of crons) atEnd(cron.stop)
  scaleway.addRoutes([fireRoute(name => crons.find(cron => cron.name === name)?.fire())])
  const fields: DeploymentFields = {
    ...scalewayFields(scaleway, server.url),
    secret_id: identities.secretId,
    application_id: identities.applicationId,
    rotation_url: rotation.url,
    retrieval_url: retrieval.url,
    operator_secret_key: identities.operator.secretKey,
    consumer_secret_key: identities.consumer.secretKey,
    monitor_secret_key: identities.monitor.secretKey,
  }
  return { fields, firstLook: firstLook(fields, schedules) }
}
