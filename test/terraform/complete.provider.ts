import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { createScaleway, serve } from '../fake-scaleway/index.ts'
import { mustSucceed, terraform } from './command.ts'
import { loginOf } from './login.ts'
import { proofs, templateFolder } from './provider.ts'
import { root } from './template.ts'

const plannedForm = v.object({
  resource_changes: v.array(v.object({ address: v.string(), change: v.object({ actions: v.array(v.string()) }) })),
})

proofs('examples/complete', () => {
  test('is accepted as it is written, and plans three keys with what belongs to them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'complete-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const example = await readFile(join(root, 'examples/complete/main.tf'), 'utf8')
    await writeFile(join(folder, 'main.tf'), example.replace('source = "../.."', `source = "${templateFolder()}"`))
    const scaleway = createScaleway()
    const server = await serve(scaleway)
    onTestFinished(server.close)
    const { env } = loginOf({ scaleway, url: server.url, credentials: 'environment' })
    const variables = {
      project_id: scaleway.projectId,
      billing_project_id: scaleway.projectId,
      mail_project_id: scaleway.projectId,
      reports_project_id: scaleway.projectId,
      operator_key_sha256: '0'.repeat(64),
      notification_url: 'https://hooks.example/rotation',
      notification_secret: `whsec_${'A'.repeat(32)}`,
      heartbeat_url: 'https://heartbeats.example/rotation',
    }
    await writeFile(join(folder, 'terraform.tfvars.json'), JSON.stringify(variables))
    const run = (...args: readonly string[]) => mustSucceed(terraform(folder, [...args, '-no-color'], env))

    await run('init')
    await run('validate')
    const plan = await run('plan', '-out=complete.tfplan')
    expect(plan.stdout).not.toContain('Check block assertion failed')
    const { stdout } = await run('show', '-json', 'complete.tfplan')
    const planned = v.parse(plannedForm, JSON.parse(stdout)).resource_changes
    const made = planned.filter(({ change }) => change.actions.includes('create')).map(({ address }) => address)
    expect(made.filter(address => /scaleway_(iam_application|secret)\.(bearer|rotated|mailer)/.test(address))).toEqual([
      'scaleway_iam_application.mailer',
      'scaleway_secret.mailer',
      'module.key_rotation.scaleway_iam_application.bearer["billing"]',
      'module.key_rotation.scaleway_iam_application.bearer["reports"]',
      'module.key_rotation.scaleway_secret.rotated["billing"]',
      'module.key_rotation.scaleway_secret.rotated["reports"]',
    ])
    expect(
      planned.filter(({ change }) => change.actions.some(action => action !== 'create' && action !== 'read')),
    ).toEqual([])
  })
})
