import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { scalewayFields } from '../../../scripts/local/scaleway-fields.ts'
import { serveAccount } from '../../fake-scaleway/account/serve-account.ts'
import { createScaleway, type Readings, serve } from '../../fake-scaleway/index.ts'
import { type RunningCommand, run, scriptCommand } from '../../support/command.ts'
import { groupEnded } from '../../support/processes.ts'
import { readingsIn } from './account.ts'

/** An account of a local Scaleway in real time. */
async function openEmptyAccount(readings: Partial<Readings>) {
  const cloud = createScaleway({ readings })
  const account = serveAccount({ scaleway: cloud, deletedSecretsCount: false })
  const server = await serve(cloud)
  onTestFinished(server.close)
  const { scaleway_url, access_key, secret_key, organization_id } = scalewayFields(cloud, server.url)
  const env = {
    SCW_API_URL: scaleway_url,
    SCW_ACCESS_KEY: access_key,
    SCW_SECRET_KEY: secret_key,
    SCW_DEFAULT_ORGANIZATION_ID: organization_id,
    SCW_DEFAULT_REGION: 'fr-par',
  }
  const left = () =>
    [...account.projects(), ...cloud.iam.applications(), ...cloud.iam.policies()].map(({ name }) => name)
  return { cloud, env, left }
}

/** The command as a process of its own, on such an account. */
async function start(readings: Partial<Readings>, ...args: string[]) {
  const account = await openEmptyAccount(readings)
  const command = run(scriptCommand('probe', ...args), account.env)
  onTestFinished(command.end)
  return { ...account, command }
}

async function says(command: RunningCommand, text: string): Promise<void> {
  while (!command.stderr().includes(text)) await pause(20)
}

test('the command prints the block alone on stdout, the rest on stderr, and leaves nothing', async () => {
  const { command, left, env } = await start({}, '--yes', '--only', 'deletedSecretName,refusedKey')
  expect(await command.exitCode).toBe(0)
  expect(command.stdout()).toMatch(/^### Probed on .*\n\nNothing is left\.\n$/s)
  expect(readingsIn(command.stdout())).toEqual({ deletedSecretName: 'taken', refusedKey: '401' })
  expect(command.stderr()).toContain('less than €0.01')
  expect(command.stdout() + command.stderr()).not.toContain(env.SCW_SECRET_KEY)
  expect(left()).toEqual([])
})

test('Ctrl-C ends a wait at once; everything is removed, and what was settled is printed', async () => {
  const { command, left } = await start({ newKey: 'after-2-min' }, '--yes', '--only', 'deletedSecretName,newKey')
  await says(command, 'to accept a new key')
  expect(left()).not.toEqual([])
  command.interrupt()
  expect(await command.exitCode).toBe(1)
  expect(readingsIn(command.stdout())).toEqual({ deletedSecretName: 'taken' })
  expect(command.stdout()).toContain('Nothing is left.')
  expect(left()).toEqual([])
  await groupEnded(command.pid)
})

test('a second Ctrl-C ends the removal as well, and what is left is listed with the command for it', async () => {
  const { cloud, command, left } = await start({ newKey: 'after-2-min' }, '--yes', '--only', 'newKey')
  cloud.faults.add({ operation: 'iam.deleteApplication', fault: { kind: 'hang' }, times: 99 })
  await says(command, 'to accept a new key')
  command.interrupt()
  await says(command, 'Removing everything.')
  // A Ctrl-C that a terminal and npm both deliver is one.
  await pause(800)
  command.interrupt()
  expect(await command.exitCode).toBe(1)
  const [application] = cloud.iam.applications()
  expect(command.stdout()).toContain(`    scw iam application delete ${application?.id}\n`)
  expect(command.stdout()).toContain('    scw account project delete project-id=')
  expect(left()).toHaveLength(2)
  await groupEnded(command.pid)
})

test('it stops and removes everything when its output is no longer read', async () => {
  const account = await openEmptyAccount({ newKey: 'after-2-min' })
  const line =
    'node --import tsx scripts/probe.ts --yes --only deletedSecretName,newKey 2>&1 | head -1; exit $PIPESTATUS'
  const command = run(['bash', '-c', line], account.env)
  onTestFinished(command.end)
  expect(await command.exitCode).toBe(1)
  expect(account.left()).toEqual([])
})
