import { type Answer, isFromFunction } from '../deployment/answer.ts'
import type { Call } from '../deployment/call.ts'
import type { Check, Checker } from './check.ts'
import { type Deployed, type DeployedKey, nameAfter, oneKey } from './deployed.ts'

/** Makes the calls that must be refused. If one is allowed, it still changes nothing. */
export async function checkWhatMustBeRefused(deployed: Deployed, checker: Checker): Promise<void> {
  for (const [name, url] of [
    ['rotation', deployed.rotationUrl],
    ['retrieval', deployed.retrievalUrl],
  ] as const) {
    await checker.mustBeRefused({ title: `a caller without a key calls ${name}`, call: { url }, ...byThePlatform })
    const stranger = { url, token: crypto.randomUUID() }
    await checker.mustBeRefused({ title: `a key that does not exist calls ${name}`, call: stranger, ...byThePlatform })
  }
  const others = { ...named('consumer', deployed.consumerKeys), ...named('monitor', deployed.monitorKeys) }
  // Who calls is judged before which key is named, so one key is enough here.
  const key = oneKey(deployed)
  for (const [who, token] of Object.entries(others)) await checkOperatorOnly({ who, token }, key, checker)
  for (const [name, token] of Object.entries(deployed.consumerKeys)) {
    await checker.mustBeRefused({
      title: `consumer ${name} reads the status${nameAfter(' of ', key)}`,
      call: { url: key.rotationUrl, token },
      ...refusedAs('operator-only'),
    })
  }
  for (const [name, token] of Object.entries(deployed.monitorKeys)) {
    await checker.mustBeRefused({
      title: `monitor ${name} fetches the key${nameAfter(' ', key)}`,
      call: { url: key.retrievalUrl, token },
      ...refusedAs('monitor'),
    })
  }
  await checker.mustAllBeRefused(keysOfOthers(deployed))
}

/** Every consumer with every key that is not its own, and without a name where it has not exactly one. */
function keysOfOthers({ consumerKeys, keys, retrievalUrl }: Deployed): Check[] {
  return Object.entries(consumerKeys).flatMap(([name, token]) => {
    const refused = keys.filter(key => !key.isOf(name))
    const isUnclear = keys.length > 1 && keys.length - refused.length !== 1
    return [
      ...refused.map(key => ({
        title: `consumer ${name} fetches the key${nameAfter(' ', key)}`,
        call: { url: key.retrievalUrl, token },
        ...notItsOwn,
      })),
      ...(isUnclear
        ? [{ title: `consumer ${name} fetches without naming a key`, call: { url: retrievalUrl, token }, ...notItsOwn }]
        : []),
    ]
  })
}

const notItsOwn = {
  expected: 'HTTP 404 key-not-named',
  holds: ({ status, body }: Answer) => status === 404 && body.error === 'key-not-named' && !('SECRET_KEY' in body),
}

async function checkOperatorOnly(
  { who, token }: { who: string; token: string },
  key: DeployedKey,
  checker: Checker,
): Promise<void> {
  const operatorActions: Readonly<Record<string, Call['body']>> = {
    [`rotates${nameAfter(' ', key)}`]: { action: 'rotate', dry_run: true },
    [`forces a rotation${nameAfter(' of ', key)}`]: { force: true, dry_run: true },
    [`revokes every key${nameAfter(' of ', key)}`]: { action: 'revoke', dry_run: true },
  }
  for (const [action, body] of Object.entries(operatorActions)) {
    const call = { url: key.rotationUrl, token, ...(body && { body }) }
    await checker.mustBeRefused({ title: `${who} ${action}`, call, ...refusedAs('operator-only') })
  }
}

// A function that is public by mistake refuses them itself.
const byThePlatform = {
  expected: 'HTTP 401 or 403 of the platform, before the function',
  holds: (answer: Answer) => (answer.status === 401 || answer.status === 403) && !isFromFunction(answer),
}

function refusedAs(code: string) {
  return {
    expected: `HTTP 403 ${code}`,
    holds: ({ status, body }: Answer) => status === 403 && body.error === code,
  }
}

function named(role: string, keys: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [`${role} ${name}`, key]))
}
