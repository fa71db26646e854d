import { fireUrl } from './cron-route.ts'

/** Everything that `--json` prints; the first six are the local Scaleway's own. */
export interface DeploymentFields {
  readonly scaleway_url: string
  readonly access_key: string
  readonly secret_key: string
  readonly organization_id: string
  readonly project_id: string
  readonly region: string
  readonly secret_id: string
  readonly application_id: string
  readonly rotation_url: string
  readonly retrieval_url: string
  readonly operator_secret_key: string
  readonly consumer_secret_key: string
  readonly monitor_secret_key: string
}

/** A CRON trigger as the first look shows it. */
interface CronLine {
  readonly name: string
  readonly schedule: string
}

/** Gives the text that a start prints: what runs where, and commands that work when pasted one after the other. */
export function firstLook(fields: DeploymentFields, crons: readonly CronLine[]): string {
  const curl = "curl -sS -w '  HTTP %{http_code}\\n'"
  const callAs = (key: string) => `-H 'X-Auth-Token: ${key}' -H 'Authorization: Bearer ${key}' "$@"; }`
  return `
Running on this machine only, until Ctrl-C:

  local Scaleway  ${fields.scaleway_url}   IAM and Secret Manager, in memory
  rotation        ${fields.rotation_url}   private function
  retrieval       ${fields.retrieval_url}   private function
${crons.map(({ name, schedule }) => `  CRON ${name.padEnd(10)} ${schedule.padEnd(12)} UTC, calls rotation`).join('\n')}

A first look, to paste into another terminal line by line:

0. Two callers. Each sends its key in both headers that the functions read, because a platform may keep one of them to itself.
  operator() { ${curl} ${callAs(fields.operator_secret_key)}
  app() { curl -sS ${callAs(fields.consumer_secret_key)}

1. The status. There is no key yet (no-usable-key), so it answers 503.
  operator ${fields.rotation_url}

2. The operator rotates: a key is created, tested and published.
  operator -X POST ${fields.rotation_url}

3. The application "app" fetches the key.
  KEY=$(app ${fields.retrieval_url}); echo "$KEY"

4. It uses the key at Scaleway's own API, which reads X-Auth-Token. 403 permissions_denied is right: the key is valid but has no permissions yet (a wrong key gets 401).
  ${curl} -H "X-Auth-Token: $(echo "$KEY" | cut -d'"' -f8)" ${fields.scaleway_url}/iam/v1alpha1/api-keys/$(echo "$KEY" | cut -d'"' -f4)

5. The status again: one current key, 200.
  operator ${fields.rotation_url}

6. The same as readable text, with a time line of the keys. Paste it in the project's folder.
  TOKEN=${fields.operator_secret_key} npm run status -- --url ${fields.rotation_url}

To fire a CRON now, without waiting for its schedule:
${crons.map(({ name }) => `  ${curl} -X POST ${fireUrl(fields.scaleway_url, name)}`).join('\n')}
`
}
