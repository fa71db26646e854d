import { serveAccount } from '../test/fake-scaleway/account/serve-account.ts'
import { serveFunctions } from '../test/fake-scaleway/functions/api/index.ts'
import { createScaleway, serve } from '../test/fake-scaleway/index.ts'
import { runLocalCommand, type Starting } from './local/command.ts'
import { fireRoute, fireUrl } from './local/cron-route.ts'
import { optionsHelp } from './local/options.ts'
import { scalewayFields } from './local/scaleway-fields.ts'

const help = `Runs a local Scaleway on this machine, for Terraform, the scw CLI and the SDKs. Needs no account.
It has projects, IAM, Secret Manager and Functions: deployed functions run here, on free ports, and their CRONs fire on
schedule.

Usage: npm run scaleway [-- options]

${optionsHelp}

For scripts, without npm's own lines on stdout: npm run --silent scaleway -- --json`

await runLocalCommand({ help, portsNeeded: 1, start })

async function start({ port, log, atEnd }: Starting) {
  const scaleway = createScaleway()
  const server = await serve(scaleway, { port: port ?? 0 })
  atEnd(server.close)
  const deployments = await serveFunctions({ scaleway, apiUrl: server.url, schedule: true, log })
  atEnd(deployments.close)
  serveAccount({ scaleway, isUsed: deployments.usesProject })
  const exists = (name: string) => deployments.crons().some(cron => cron.name === name)
  scaleway.addRoutes([fireRoute(name => (exists(name) ? deployments.fire(name) : undefined))])
  const fields = scalewayFields(scaleway, server.url)
  return { fields, firstLook: exports(fields) }
}

function exports(fields: ReturnType<typeof scalewayFields>): string {
  return `
A local Scaleway is running on this machine only, until Ctrl-C. It keeps everything in memory.

For Terraform, the scw CLI and the SDKs, paste into another terminal:

  export SCW_API_URL=${fields.scaleway_url}
  export SCW_ACCESS_KEY=${fields.access_key}
  export SCW_SECRET_KEY=${fields.secret_key}
  export SCW_DEFAULT_ORGANIZATION_ID=${fields.organization_id}
  export SCW_DEFAULT_PROJECT_ID=${fields.project_id}
  export SCW_DEFAULT_REGION=${fields.region}
  export SCW_DEFAULT_ZONE=${fields.region}-1
  export TF_VAR_scw_api_url=${fields.scaleway_url}

The last one tells Terraform which Scaleway the functions call: without it they would call the real one.

Functions that are deployed here run on this machine, and their CRONs fire on schedule (UTC). To fire one now, once it is
deployed under the default prefix (else PREFIX-rotate and PREFIX-tend; of several keys, those with a schedule of their own have
PREFIX-rotate-NAME, named after the first of them):

  curl -X POST ${fireUrl(fields.scaleway_url, 'key-rotation-rotate')}
  curl -X POST ${fireUrl(fields.scaleway_url, 'key-rotation-tend')}

Each gives the function's answer. The first rotates, but within ten minutes of another rotation it answers "recent"; the
second does what is due, and answers "not-due" when nothing is.
`
}
