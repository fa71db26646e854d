import { expect, test } from 'vitest'
import { errorForCall } from '../../../functions/rotation/http/errors.ts'
import { ApiError } from '../../../functions/rotation/scaleway/api-error.ts'
import { remedyOfReader, remedyOfRotator } from '../../../scripts/smoke/refusal.ts'

test.each([
  ['list keys', /listing keys\. .* \["IAMApplicationReadOnly"\]/],
  ['disable version', /disabling a version\. .* \["SecretManagerFullAccess"\]/],
  ['publish version', /publishing a key\. .* bind_to_secrets = false/],
  ['list versions', /a call about the secret\. .* bind_to_secrets = false/],
  ['get version', /a call about the secret\. .* bind_to_secrets = false/],
  ['delete version', /a call about the secret\. .* bind_to_secrets = false/],
  ['get secret', /a call about the secret\. .* bind_to_secrets = false/],
])('a refusal of "%s" with 403 names its setting, and with another status none', (operation, advice) => {
  expect(remedyOfRotator(refused(operation, 403))).toMatch(advice)
  expect(remedyOfRotator(refused(operation, 401))).toBeUndefined()
})

test('a refusal of a call that no setting allows names none', () => {
  expect(remedyOfRotator(refused('create key', 403))).toBeUndefined()
})

test('a refused reader needs a setting for one reason alone, and another error of retrieval none', () => {
  expect(remedyOfReader(answer({ error: 'upstream-refused' }))).toMatch(/reading the key\. .* bind_to_secrets = false/)
  expect(remedyOfReader(answer({ error: 'no-key-yet' }))).toBeUndefined()
})

test('a clean-up that is overdue names what a refused disabling needs', () => {
  const problems = (...codes: string[]) => answer({ healthy: false, problems: codes.map(code => ({ code })) })
  expect(remedyOfRotator(problems('paused', 'cleanup-overdue'))).toMatch(/\["SecretManagerFullAccess"\]/)
  expect(remedyOfRotator(problems('paused'))).toBeUndefined()
})

/** What rotation answers where Scaleway refuses a call. */
function refused(operation: string, status: number) {
  const { code, message } = errorForCall(new ApiError({ code: 'upstream-refused', operation, status }))
  return answer({ error: code, message })
}

function answer(body: Record<string, unknown>) {
  return { status: 502, headers: new Headers(), body }
}
