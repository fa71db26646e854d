import * as v from 'valibot'
import type { Answer } from '../deployment/answer.ts'
import type { Checker } from './check.ts'
import { type Deployed, type DeployedKey, nameAfter } from './deployed.ts'
import { remedyOfReader, remedyOfRotator } from './refusal.ts'

/**
 * Makes the calls that must work. Creates the first key of each name that has none; never rotates an existing key. What
 * an instance remembers is no proof: every status is asked anew.
 */
export async function checkWhatMustWork(deployed: Deployed, checker: Checker): Promise<void> {
  const { rotationUrl: url, operatorKey: token, monitorKeys, keys } = deployed
  const aStatus = aStatusOf(keys)
  const before = await checker.mustWork({
    title: 'the operator reads the status',
    call: { url, token, headers: anew },
    ...aStatus,
    remedy: answer => (answer.body.error === 'no-credential' ? credentialIsKept : remedyOfRotator(answer)),
  })
  if (aStatus.holds(before)) {
    for (const key of keys) if (hasNoKey(statusIn(before.body, key))) await makeFirstKey(key, token, checker)
  }
  for (const key of keys) await checkKey(key, token, checker)
  for (const consumer of Object.entries(deployed.consumerKeys)) await checkConsumer(consumer, deployed, checker)
  for (const [name, key] of Object.entries(monitorKeys)) {
    const call = { url, token: key, headers: anew }
    await checker.mustWork({ title: `monitor ${name} reads the status`, call, ...aStatus })
  }
}

const anew = { 'Cache-Control': 'no-cache' }

const credentialIsKept =
  'The platform keeps X-Auth-Token and Authorization from the functions: set send_caller_key = true (Terraform) and apply.'

const restoreSecret =
  'The secret is deleted: restore it within 7 days, as "The secret is deleted" in RUNBOOK.md says, and do not apply before.'

async function makeFirstKey(key: DeployedKey, token: string, checker: Checker): Promise<void> {
  const url = key.rotationUrl
  const rotate = { action: 'rotate', source: 'smoke' }
  await checker.mustWork({
    title: `there is no key${nameAfter(' ', key)} yet: the operator rotates, which creates the first`,
    call: { url, token, body: rotate },
    expected: 'HTTP 200 rotated',
    // Recent: the hourly run was faster.
    holds: ({ status, body }) => status === 200 && (body.rotated === true || body.reason === 'recent'),
    remedy: remedyOfRotator,
  })
  await checker.mustWork({
    title: `rotating${nameAfter(' ', key)} again at once changes nothing`,
    call: { url, token, body: rotate },
    expected: 'HTTP 200 recent',
    holds: ({ status, body }) => status === 200 && body.reason === 'recent',
  })
}

async function checkKey(key: DeployedKey, token: string, checker: Checker): Promise<void> {
  const url = key.rotationUrl
  await checker.mustWork({
    title: `the operator asks what a forced rotation${nameAfter(' of ', key)} would do (dry run)`,
    call: { url, token, body: { force: true, dry_run: true, source: 'smoke' } },
    expected: 'HTTP 200 that rotates nothing',
    holds: ({ status, body }) => status === 200 && body.dry_run === true,
    remedy: remedyOfRotator,
  })
  await checker.mustWork({
    title: `the status${nameAfter(' of ', key)} is healthy`,
    call: { url, token, headers: anew },
    expected: 'HTTP 200 (on 503 its "problems" name the cause)',
    holds: answer => answer.status === 200 && isStatus(answer.body),
    remedy: answer => (isSecretDeleted(answer.body) ? restoreSecret : remedyOfRotator(answer)),
  })
}

async function checkConsumer(
  [name, token]: readonly [string, string],
  { retrievalUrl, keys }: Deployed,
  checker: Checker,
): Promise<void> {
  const own = keys.filter(key => key.isOf(name))
  for (const key of own) {
    const title = `consumer ${name} fetches the key${nameAfter(' ', key)}`
    const { headers } = await checker.mustWork({
      title,
      call: { url: key.retrievalUrl, token },
      ...aKey,
      remedy: remedyOfReader,
    })
    await checker.mustWork({
      title: `consumer ${name} asks if the key${nameAfter(' ', key)} has changed`,
      call: { url: key.retrievalUrl, token, headers: { 'If-None-Match': headers.get('etag') ?? '"0"' } },
      expected: 'HTTP 304',
      holds: ({ status }) => status === 304,
    })
  }
  if (own.length !== 1 || own[0]?.name === undefined) return
  await checker.mustWork({
    title: `consumer ${name} fetches its only key without naming it`,
    call: { url: retrievalUrl, token },
    ...aKey,
  })
}

// What retrieval answers (docs/http.md), in the platform's forms (docs/scaleway.md#key-fields).
const credential = v.strictObject({
  API_KEY: v.pipe(v.string(), v.regex(/^SCW[A-Z0-9]{17}$/)),
  SECRET_KEY: v.pipe(v.string(), v.uuid()),
})

const aKey = {
  expected: 'HTTP 200 with exactly a valid API_KEY and SECRET_KEY, and an ETag',
  holds: ({ status, body, headers }: Answer) =>
    status === 200 && v.is(credential, body) && headers.get('etag') !== null,
}

/** The status of a deployment is that of its only key, or holds that of each by its name. */
function aStatusOf(keys: Deployed['keys']) {
  return {
    expected: 'the status, HTTP 200 or 503',
    holds: ({ status, body }: Answer) =>
      (status === 200 || status === 503) && keys.every(key => isStatus(statusIn(body, key))),
  }
}

const ofSeveral = v.object({ keys: v.record(v.string(), v.looseObject({})) })

function statusIn(body: Answer['body'], { name }: DeployedKey): Answer['body'] {
  if (name === undefined) return body
  return v.is(ofSeveral, body) ? (body.keys[name] ?? {}) : {}
}

/** A key whose status could not be read has an error there. */
function isStatus(status: Answer['body']): boolean {
  return typeof status.healthy === 'boolean' && ('current' in status || 'error' in status)
}

function hasNoKey(status: Answer['body']): boolean {
  return status.current === null && !isSecretDeleted(status)
}

function isSecretDeleted(status: Answer['body']): boolean {
  return v.is(v.object({ next: v.object({ refused: v.literal('secret-deleted') }) }), status)
}
