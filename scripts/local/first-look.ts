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
  const { scaleway_url: scaleway, rotation_url: rotation, retrieval_url: retrieval } = fields
  const curl = "curl -sS -w '  HTTP %{http_code}\\n'"
  const callAs = (key: string) => `-H 'X-Auth-Token: ${key}' -H 'Authorization: Bearer ${key}' "$@"; }`
  const part = (index: number) => `$(echo "$1" | cut -d'"' -f${index})`
  return `
Running on this machine only, until Ctrl-C:

  local Scaleway  ${scaleway}   IAM and Secret Manager, in memory
  rotation        ${rotation}   private function
  retrieval       ${retrieval}   private function
${crons.map(({ name, schedule }) => `  CRON ${name.padEnd(10)} ${schedule.padEnd(12)} UTC, calls rotation`).join('\n')}

A first look at a rotation, to paste into another terminal line by line:

0. Two callers, and what an application does with the key that it fetched. Each caller sends its own key in both headers
that the functions read, because a platform may keep one of them to itself; Scaleway's own API reads X-Auth-Token.
  operator() { ${curl} ${callAs(fields.operator_secret_key)}
  app() { curl -sS ${callAs(fields.consumer_secret_key)}
  use() { ${curl} -H "X-Auth-Token: ${part(8)}" "${scaleway}/iam/v1alpha1/api-keys/${part(4)}"; }

1. The status. There is no key yet (no-usable-key), so it answers 503.
  operator ${rotation}

2. The operator has the first key made: it is created, tested and published.
  operator -X POST ${rotation}

3. The application "app" fetches the key and uses it: 200 (a wrong key gets 401).
  FIRST=$(app ${retrieval}); echo "$FIRST"
  use "$FIRST"

4. The operator rotates. Without "force", a second rotation within ten minutes changes nothing and answers "recent".
  operator -d '{"action": "rotate", "force": true}' ${rotation}

5. The application fetches the new key; no-cache, because retrieval remembers the first one for a minute. Both keys work.
  SECOND=$(app -H 'Cache-Control: no-cache' ${retrieval}); echo "$SECOND"
  use "$SECOND"
  use "$FIRST"

6. The status as text, with both keys and when the first one ends. Paste it in the project's folder.
  TOKEN=${fields.operator_secret_key} npm run status -- --url ${rotation}

To fire a CRON now, without waiting for its schedule. The monthly one rotates too, but within ten minutes of another
rotation it answers "recent"; the hourly one does what is due, and answers "not-due" when nothing is.
${crons.map(({ name }) => `  ${curl} -X POST ${fireUrl(scaleway, name)}`).join('\n')}
`
}
