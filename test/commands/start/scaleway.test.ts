import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../../support/built.ts'
import { run, runScript } from '../../support/command.ts'
import { misreadByZsh } from '../../support/pasted.ts'
import { groupEnded } from '../../support/processes.ts'
import { fieldNames } from './deployment-fields.ts'

test('npm run scaleway prints its six fields as one line of JSON', async () => {
  const command = run(['npm', 'run', '--silent', 'scaleway', '--', '--json'])
  onTestFinished(command.end)
  await command.prints('\n')
  expect(command.stdout()).toMatch(/^\{[^\n]*\}\n$/)
  expect(Object.keys(JSON.parse(command.stdout()))).toEqual(fieldNames.slice(0, 6))
  command.interrupt()
  expect(await command.exitCode).toBe(0)
  await groupEnded(command.pid)
})

test('the printed lines name the CRONs of main.tf, and give the functions the address of the local Scaleway', async () => {
  const command = runScript('scaleway')
  onTestFinished(command.end)
  await command.prints('not-due')
  expect((command.stdout().match(/^ {2}(export|curl) .*$/gm) ?? []).flatMap(misreadByZsh)).toEqual([])
  const address = /SCW_API_URL=(\S+)/.exec(command.stdout())?.[1]
  expect(command.stdout()).toContain(`export TF_VAR_scw_api_url=${address}\n`)
  const printed = Array.from(command.stdout().matchAll(/crons\/key-rotation-(\w+)\/fire/g), ([, name]) => name)
  const terraform = readFileSync(join(root, 'main.tf'), 'utf8')
  const made = Array.from(terraform.matchAll(/^resource "scaleway_function_cron" "(\w+)"/gm), ([, name]) => name)
  expect(printed).toEqual(made)
  expect(made.filter(name => !terraform.includes(`"\${var.prefix}-${name}"`))).toEqual([])
})

test('with the printed exports a Scaleway client calls the local Scaleway', async () => {
  const command = runScript('scaleway')
  onTestFinished(command.end)
  await command.prints('SCW_DEFAULT_ZONE')
  const exports = command.stdout().match(/^ {2}export SCW_.*$/gm) ?? []
  const call = `curl -fsS -H "X-Auth-Token: $SCW_SECRET_KEY" \\
    "$SCW_API_URL/iam/v1alpha1/applications?organization_id=$SCW_DEFAULT_ORGANIZATION_ID"`
  const { stdout } = await promisify(execFile)('bash', ['-euc', [...exports, call].join('\n')])
  expect(JSON.parse(stdout)).toMatchObject({ applications: [], total_count: 0 })
})
