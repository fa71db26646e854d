import * as v from 'valibot'
import type { Answer } from '../deployment/answer.ts'
import type { Checker } from './check.ts'
import type { Deployed } from './deployed.ts'

/** Makes the calls that must work. Creates the first key if there is none; never rotates an existing key. */
export async function checkWhatMustWork(deployed: Deployed, checker: Checker): Promise<void> {
  const { rotationUrl: url, operatorKey: token, monitorKeys } = deployed
  const before = await checker.mustWork({
    title: 'the operator reads the status',
    call: { url, token },
    ...aStatus,
    remedy: ({ body }) => (body.error === 'no-credential' ? credentialIsKept : undefined),
  })
  if (isStatus(before) && hasNoKey(before)) await makeFirstKey(deployed, checker)
  await checker.mustWork({
    title: 'the operator asks what a forced rotation would do (dry run)',
    call: { url, token, body: { force: true, dry_run: true, source: 'smoke' } },
    expected: 'HTTP 200 that rotates nothing',
    holds: ({ status, body }) => status === 200 && body.dry_run === true,
  })
  await checker.mustWork({
    title: 'the status is healthy',
    call: { url, token },
    expected: 'HTTP 200 (on 503 its "problems" name the cause)',
    holds: answer => answer.status === 200 && isStatus(answer),
    remedy: answer => (isSecretDeleted(answer) ? restoreSecret : undefined),
  })
  for (const [name, key] of Object.entries(deployed.consumerKeys)) await checkConsumer({ name, key }, deployed, checker)
  for (const [name, key] of Object.entries(monitorKeys)) {
    await checker.mustWork({ title: `monitor ${name} reads the status`, call: { url, token: key }, ...aStatus })
  }
}

const credentialIsKept =
  'The platform keeps X-Auth-Token and Authorization from the functions: set send_caller_key = true (Terraform) and apply.'

const restoreSecret =
  'The secret is deleted: restore it within 7 days, as "The secret is deleted" in RUNBOOK.md says, and do not apply before.'

const aStatus = { expected: 'the status, HTTP 200 or 503', holds: isStatus }

async function makeFirstKey({ rotationUrl: url, operatorKey: token }: Deployed, checker: Checker): Promise<void> {
  const rotate = { action: 'rotate', source: 'smoke' }
  await checker.mustWork({
    title: 'there is no key yet: the operator rotates, which creates the first',
    call: { url, token, body: rotate },
    expected: 'HTTP 200 rotated',
    // Recent: the hourly run was faster.
    holds: ({ status, body }) => status === 200 && (body.rotated === true || body.reason === 'recent'),
  })
  await checker.mustWork({
    title: 'rotating again at once changes nothing',
    call: { url, token, body: rotate },
    expected: 'HTTP 200 recent',
    holds: ({ status, body }) => status === 200 && body.reason === 'recent',
  })
}

async function checkConsumer(
  { name, key }: { name: string; key: string },
  { retrievalUrl: url }: Deployed,
  checker: Checker,
): Promise<void> {
  const fetched = await checker.mustWork({
    title: `consumer ${name} fetches the key`,
    call: { url, token: key },
    expected: 'HTTP 200 with exactly a valid API_KEY and SECRET_KEY, and an ETag',
    holds: answer => answer.status === 200 && v.is(credential, answer.body) && answer.headers.get('etag') !== null,
  })
  await checker.mustWork({
    title: `consumer ${name} asks if the key has changed`,
    call: { url, token: key, headers: { 'If-None-Match': fetched.headers.get('etag') ?? '"0"' } },
    expected: 'HTTP 304',
    holds: ({ status }) => status === 304,
  })
}

// What retrieval answers (docs/http.md), in the platform's forms (docs/scaleway.md#key-fields).
const credential = v.strictObject({
  API_KEY: v.pipe(v.string(), v.regex(/^SCW[A-Z0-9]{17}$/)),
  SECRET_KEY: v.pipe(v.string(), v.uuid()),
})

function isStatus({ status, body }: Answer): boolean {
  return (status === 200 || status === 503) && typeof body.healthy === 'boolean' && 'current' in body
}

function hasNoKey(answer: Answer): boolean {
  return answer.body.current === null && !isSecretDeleted(answer)
}

function isSecretDeleted({ body }: Answer): boolean {
  return v.is(v.object({ next: v.object({ refused: v.literal('secret-deleted') }) }), body)
}
