import { fireUrl } from './cron-route.ts'

/** Everything that `--json` prints; the first six are the local Scaleway's own. With several keys, what is one key's is left out. */
export interface DeploymentFields {
  readonly scaleway_url: string
  readonly access_key: string
  readonly secret_key: string
  readonly organization_id: string
  readonly project_id: string
  readonly region: string
  readonly secret_id: string | undefined
  readonly application_id: string | undefined
  readonly rotation_url: string
  readonly retrieval_url: string
  readonly operator_secret_key: string
  readonly consumer_secret_key: string | undefined
  readonly monitor_secret_key: string
  readonly page_url: string
  readonly keys: Readonly<Record<string, KeyFields>>
}

/** What is printed of a key. */
interface KeyFields {
  readonly application_id: string
  readonly secret_id: string
  readonly consumer_secret_keys: Readonly<Record<string, string>>
  readonly retrieval_url: string
}

/** A CRON trigger as the first look shows it. */
interface CronLine {
  readonly name: string
  readonly schedule: string
}

/**
 * Gives the text that a start prints: what runs where, and commands that work when pasted one after the other. Where there
 * are several keys, they name the first.
 */
export function firstLook(fields: DeploymentFields, crons: readonly CronLine[]): string {
  const { scaleway_url: scaleway, rotation_url: rotation, retrieval_url: retrieval, page_url: page, keys } = fields
  const [name = '', ...others] = Object.keys(keys)
  const [[consumer, consumerKey] = ['', '']] = Object.entries(keys[name]?.consumer_secret_keys ?? {})
  const isOnly = others.length === 0
  const path = isOnly ? '' : `/${name}`
  const curl = "curl -sS -w '  HTTP %{http_code}\\n'"
  const callAs = (key: string) => `-H 'X-Auth-Token: ${key}' -H 'Authorization: Bearer ${key}' "$@"; }`
  const part = (index: number) => `$(echo "$1" | cut -d'"' -f${index})`
  return `
Running on this machine only, until Ctrl-C:

  local Scaleway  ${scaleway}   IAM and Secret Manager, in memory
  rotation        ${rotation}   private function
  retrieval       ${retrieval}   private function
${crons.map(({ name, schedule }) => `  CRON ${name.padEnd(10)} ${schedule.padEnd(12)} UTC, calls rotation`).join('\n')}

To see it, open this address: a time line of the key, with a clock that runs through a year in minutes, and buttons to
rotate, roll back, revoke and break things.
  ${page}

A first look at a rotation${isOnly ? '' : ` of the key ${name}`}, to paste into another terminal line by line:

0. Two callers, and what an application does with the key that it fetched. Each caller sends its own key in both headers
that the functions read, because a platform may keep one of them to itself; Scaleway's own API reads X-Auth-Token.
  operator() { ${curl} ${callAs(fields.operator_secret_key)}
  app() { curl -sS ${callAs(consumerKey)}
  use() { ${curl} -H "X-Auth-Token: ${part(8)}" "${scaleway}/iam/v1alpha1/api-keys/${part(4)}"; }

1. The status. There is no key yet (no-usable-key), so it answers 503.
  operator ${rotation}${path}

2. The operator has the first key made: it is created, tested and published.
  operator -X POST ${rotation}${path}

3. The application "${consumer}" fetches the key and uses it: 200 (a wrong key gets 401).
  FIRST=$(app ${retrieval}${path}); echo "$FIRST"
  use "$FIRST"

4. The operator rotates. Without "force", a second rotation within ten minutes changes nothing and answers "recent".
  operator -d '{"action": "rotate", "force": true}' ${rotation}${path}

5. The application fetches the new key; no-cache, because retrieval remembers the first one for a minute. Both keys work.
  SECOND=$(app -H 'Cache-Control: no-cache' ${retrieval}${path}); echo "$SECOND"
  use "$SECOND"
  use "$FIRST"

6. The status as text, with both keys and when the first one ends. Paste it in the project's folder.
  TOKEN=${fields.operator_secret_key} npm run status -- --url ${rotation}${isOnly ? '' : ` --key ${name}`}
${isOnly ? '' : aboutSeveral(fields, { consumer, others })}
To fire a CRON now, without waiting for its schedule. ${isOnly ? oneIsFired : severalAreFired}
${crons.map(({ name }) => `  ${curl} -X POST ${fireUrl(scaleway, name)}`).join('\n')}
`
}

/** What only several keys can show. */
function aboutSeveral(
  { rotation_url: rotation, retrieval_url: retrieval, operator_secret_key: operatorKey, keys }: DeploymentFields,
  { consumer, others: [other] }: { consumer: string; others: readonly string[] },
): string {
  return `
7. The key ${other} is another application's: "${consumer}" gets none (key-not-named).
  app ${retrieval}/${other}

8. The operator rotates all keys at once, but within ten minutes of another rotation a key answers "recent". Then the
status of all, with a line for each. A rotation of several names them in its body, a status of all names none.
  operator -d '${JSON.stringify({ action: 'rotate', keys: Object.keys(keys) })}' ${rotation}
  TOKEN=${operatorKey} npm run status -- --url ${rotation}
`
}

const oneIsFired = `The monthly one rotates too, but within ten minutes of another
rotation it answers "recent"; the hourly one does what is due, and answers "not-due" when nothing is.`
const severalAreFired = `The monthly one rotates all keys, but within ten minutes of
another rotation a key answers "recent"; the hourly one does what is due, and a key answers "not-due" when nothing is.`
