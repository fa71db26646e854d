import { expect, onTestFinished, test } from 'vitest'
import { readSmokeOptions } from '../../../scripts/smoke/options.ts'
import { remedyOfRotator } from '../../../scripts/smoke/refusal.ts'
import { smoke } from '../../../scripts/smoke/smoke.ts'
import type { Readings } from '../../fake-scaleway/index.ts'
import { startDeployment } from './deployment.ts'

/** A deployment on such a platform, and the lines that smoke prints of it. */
async function deployedOn(readings: Partial<Readings>) {
  const deployment = await startDeployment(readings)
  onTestFinished(deployment.close)
  const options = readSmokeOptions(['--outputs', await deployment.write(deployment.outputs), '--wait', '0'])
  const smoked = async () => {
    const lines: string[] = []
    await smoke(options, { token: undefined, print: line => lines.push(line) })
    return lines
  }
  return { ...deployment, smoked }
}

test('where no access names its secret, bind_to_secrets is named, and without the conditions the key is fetched', async () => {
  const { cloud, ids, smoked } = await deployedOn({ resourceId: 'absent-on-access' })
  expect(adviceOn('consumer app fetches the key', await smoked())).toMatch(
    /reading the key\. .* bind_to_secrets = false/,
  )
  const ofReader = cloud.iam
    .policies()
    .find(({ principal }) => 'applicationId' in principal && principal.applicationId === ids.reader.applicationId)
  const rules = [{ permissionSetNames: ['SecretManagerSecretAccess'], projectIds: [cloud.projectId] }]
  cloud.iam.updatePolicy(ofReader?.id ?? '', { rules })
  expect(await smoked()).toContain('ok    consumer app fetches the key: HTTP 200')
})

test('where listing keys needs a set that reads, it is named, and with it there is a key', async () => {
  const { cloud, ids, smoked } = await deployedOn({ listKeys: 'needs-read-only' })
  const advice = /listing keys\. .* rotator_extra_permission_sets = \["IAMApplicationReadOnly"\]/
  expect(adviceOn('the operator reads the status', await smoked())).toMatch(advice)
  const { organizationId } = cloud
  const rules = [{ permissionSetNames: ['IAMApplicationReadOnly'], organizationId }]
  cloud.iam.createPolicy({ applicationId: ids.rotator.applicationId, rules })
  expect(await smoked()).toContain('ok    consumer app fetches the key: HTTP 200')
})

test.each([
  ['publish version', /publishing a key\. .* bind_to_secrets = false/],
  ['list versions', /a call about the secret\. .* bind_to_secrets = false/],
  ['get secret', /a call about the secret\. .* bind_to_secrets = false/],
  ['disable version', /disabling a version\. .* \["SecretManagerFullAccess"\]/],
])('a refusal of "%s" names its setting, and only with 403', (operation, advice) => {
  expect(remedyOfRotator(refused(`${operation} with status 403`))).toMatch(advice)
  expect(remedyOfRotator(refused(`${operation} with status 401`))).toBeUndefined()
})

test('a clean-up that is overdue names what a refused disabling needs', () => {
  const body = { healthy: false, problems: [{ code: 'paused' }, { code: 'cleanup-overdue' }] }
  expect(remedyOfRotator({ status: 503, headers: new Headers(), body })).toMatch(/\["SecretManagerFullAccess"\]/)
})

function refused(what: string) {
  const body = {
    error: 'upstream-refused',
    message: `Scaleway refused the rotator's call (${what}). Nothing is undone`,
  }
  return { status: 502, headers: new Headers(), body }
}

/** The line under a FAIL. */
function adviceOn(title: string, lines: readonly string[]): string | undefined {
  return lines[lines.findIndex(line => line.startsWith(`FAIL  ${title}:`)) + 1]
}
