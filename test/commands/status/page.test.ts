import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type RunningCommand, run, scriptCommand } from '../../support/command.ts'
import { type Deployment, startDeployment } from '../smoke/deployment.ts'

let deployment: Deployment
let command: RunningCommand
let page: URL
let monitorKey: string
beforeAll(async () => {
  deployment = await startDeployment()
  monitorKey = monitors(deployment).uptime ?? ''
  command = run(statusPage('--url', String(deployment.outputs.rotation_url?.value)), { TOKEN: monitorKey })
  await command.prints('#')
  page = new URL(/http:\S+/.exec(command.stdout())?.[0] ?? '')
})
afterAll(async () => {
  await command.end()
  await deployment.close()
})

test('with --page the status of a deployment is a picture that has no clock and no button', async () => {
  const { picture } = JSON.parse(await firstLine())
  expect(picture).toMatchObject({ mode: 'deployment', clock: null, buttons: [], health: { state: 'unhealthy' } })
  expect(picture.health.problems.map(({ code }: { code: string }) => code)).toContain('no-usable-key')
  expect(picture.table).toMatch(/^NOT HEALTHY: no-usable-key\n/)
})

test.each(['press/rotate', 'press/delete-key', 'clock/year'])('%s is refused to the page itself', async path => {
  const answer = await fetch(new URL(path, page), { method: 'POST', headers: { 'X-Page-Token': page.hash.slice(1) } })
  expect(answer.status).toBe(405)
})

test('the key that the status is asked with stays in the process', async () => {
  const html = await (await fetch(new URL('/', page))).text()
  const script = await (await fetch(new URL('/page.js', page))).text()
  const everything = [command.stdout(), command.stderr(), html, script, await firstLine()].join('\n')
  expect(everything).toContain('<title>')
  expect(everything).not.toContain(monitorKey)
})

test('a key that is refused ends it with 2 and the sentence of the status, before there is a page', async () => {
  const other = run(statusPage('--url', String(deployment.outputs.rotation_url?.value)), { TOKEN: crypto.randomUUID() })
  onTestFinished(other.end)
  expect(await other.exitCode).toBe(2)
  expect([other.stdout(), other.stderr()]).toEqual(['', expect.stringMatching(/^The function refused the key/)])
})

test('an interrupt ends it with 0', async () => {
  command.interrupt()
  expect(await command.exitCode).toBe(0)
})

function monitors({ outputs }: Deployment) {
  return v.parse(v.record(v.string(), v.string()), outputs.monitor_secret_keys?.value)
}

function statusPage(...args: string[]): string[] {
  return scriptCommand('status', '--page', ...args)
}

async function firstLine(): Promise<string> {
  const leave = new AbortController()
  const headers = { 'X-Page-Token': page.hash.slice(1) }
  const { body } = await fetch(new URL('/stream', page), { headers, signal: leave.signal })
  let text = ''
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    if (text.includes('\n')) break
  }
  leave.abort()
  return text.slice(0, text.indexOf('\n'))
}
