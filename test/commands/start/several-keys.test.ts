import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bothHeaders, credentialIn } from '../../../scripts/deployment/caller-headers.ts'
import { runScript } from '../../support/command.ts'
import { misreadByZsh } from '../../support/pasted.ts'
import { groupEnded } from '../../support/processes.ts'
import { readFieldsOfSeveral } from './deployment-fields.ts'

// A start, rotations and npm itself, in real time.
vi.setConfig({ testTimeout: 60_000 })

async function started(...args: string[]) {
  const command = runScript('start', '--keys', 'billing,mailer', ...args)
  onTestFinished(command.end)
  return command
}

test('a name that no key can have, or one given twice, ends a start with one sentence and code 1', async () => {
  for (const keys of ['Billing', 'billing,billing']) {
    const command = runScript('start', '--keys', keys)
    onTestFinished(command.end)
    expect(await command.exitCode).toBe(1)
    expect([command.stdout(), command.stderr()]).toEqual(['', expect.stringMatching(/^--keys must [^\n]+\n$/)])
  }
})

test('a start with several keys rotates all of them by its CRONs, and gives each consumer its own alone', async () => {
  const command = await started('--json')
  await command.prints('\n')
  const fields = readFieldsOfSeveral(command.stdout())
  const fire = (name: string) => answerOf(`${fields.scaleway_url}/crons/${name}/fire`, { method: 'POST' })
  expect(await fire('hourly')).toMatchObject({ function_status: 200, function_answer: { keys: each('issue') } })
  expect(await fire('monthly')).toMatchObject({
    function_status: 200,
    function_answer: { keys: { billing: { reason: 'recent' }, mailer: { reason: 'recent' } } },
  })
  expect(Object.keys(fields.keys)).toEqual(['billing', 'mailer'])
  for (const [name, { consumer_secret_keys: consumers, retrieval_url: url }] of Object.entries(fields.keys)) {
    expect(url).toBe(`${fields.retrieval_url}/${name}`)
    const [[consumer, key = ''] = []] = Object.entries(consumers)
    expect(consumer).toBe(`${name}-app`)
    const headers = credentialIn(bothHeaders, key)
    const own = await answerOf(url, { headers })
    expect(own).toEqual({ API_KEY: expect.stringMatching(/^SCW/), SECRET_KEY: expect.any(String) })
    expect(await answerOf(fields.retrieval_url, { headers })).toEqual(own)
    const other = name === 'billing' ? 'mailer' : 'billing'
    const refused = await answerOf(`${fields.retrieval_url}/${other}`, { headers })
    expect(refused).toMatchObject({ error: 'key-not-named', keys: [name] })
  }
  command.terminate()
  await groupEnded(command.pid)
})

test('the printed commands name a key, and work when pasted one after the other', async () => {
  const command = await started()
  await command.prints('/crons/hourly/fire')
  const lines = command.stdout().match(/^ {2}(curl|operator|app|use|FIRST=|SECOND=|TOKEN=).*$/gm) ?? []
  expect(lines.flatMap(misreadByZsh)).toEqual([])
  const { stdout } = await promisify(execFile)('bash', ['-euc', lines.join("\nprintf '\\0'\n")])
  const [, , , none, made, first, used, rotated, second, usedNew, usedOld, asText, refused, all, overview, ...fired] =
    stdout.split('\0')
  expect(none).toMatch(/no-usable-key.* {2}HTTP 503\n$/)
  for (const answer of [made, rotated]) expect(answer).toMatch(/"rotated":true.* {2}HTTP 200\n$/)
  expect(second).not.toBe(first)
  for (const answer of [used, usedNew, usedOld]) expect(answer).toMatch(/^\{"access_key":"SCW\w{17}".* {2}HTTP 200\n$/)
  expect(asText).toMatch(/\nbilling: healthy\n\n {2}access key .*\n {2}SCW\w{17} {2}2 {9}served .*\n/)
  expect(refused).toMatch(/"error":"key-not-named".*"keys":\["billing"\]/)
  expect(all).toMatch(/"billing":\{.*"reason":"recent".*"mailer":\{.*"rotated":true.* {2}HTTP 200\n$/)
  expect(overview).toMatch(/\nhealthy\n\n {2}key +health .*\n {2}billing +healthy .*\n {2}mailer +healthy .*\n/)
  expect(fired).toEqual([
    expect.stringMatching(/"function_status":200.*"billing":\{.*"recent".*"mailer":\{.*"recent".* {2}HTTP 200\n$/),
    expect.stringMatching(/"function_status":200.*"billing":\{.*"not-due".*"mailer":\{.*"not-due".* {2}HTTP 200\n$/),
  ])
})

/** The first keys that a run has made. */
function each(kind: string) {
  const made = { rotated: true, actions: [expect.objectContaining({ kind })] }
  return { billing: made, mailer: made }
}

async function answerOf(url: string, init: RequestInit): Promise<unknown> {
  return (await fetch(url, init)).json()
}
