import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type RunningCommand, run, scriptCommand } from '../../support/command.ts'
import { misreadByZsh } from '../../support/pasted.ts'
import { groupEnded } from '../../support/processes.ts'
import { both, startRecorder } from '../../support/sent-credentials.ts'
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts'

// A start, two rotations and npm itself, in real time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let command: RunningCommand
let folder: TemporaryFolder

beforeAll(async () => {
  folder = await createTemporaryFolder()
  command = run(scriptCommand('start'), folder.env)
  await command.prints('/crons/hourly/fire')
})
afterAll(async () => {
  await command.end()
  await folder.remove()
})

test('the printed commands, pasted one after the other, make a key, rotate it, and show two keys that both work', async () => {
  const { stdout } = await promisify(execFile)('bash', ['-euc', pastedLines().join("\nprintf '\\0'\n")])
  const [operator, app, use, none, made, first, used, rotated, second, usedNew, usedOld, asText, ...fired] =
    stdout.split('\0')
  expect([operator, app, use]).toEqual(['', '', ''])
  expect(none).toMatch(/no-usable-key.* {2}HTTP 503\n$/)
  for (const answer of [made, rotated]) expect(answer).toMatch(/"rotated":true.* {2}HTTP 200\n$/)
  for (const key of [first, second]) expect(key).toMatch(/^\{"API_KEY":"SCW\w{17}","SECRET_KEY":"[\w-]{36}"\}\n$/)
  expect(second).not.toBe(first)
  expect(usedNew).not.toBe(usedOld)
  for (const answer of [used, usedNew, usedOld]) expect(answer).toMatch(/^\{"access_key":"SCW\w{17}".* {2}HTTP 200\n$/)
  expect(asText).toMatch(
    /\nhealthy\n\n {2}access key .*\n {2}SCW\w{17} {2}2 {9}served .*\n {2}SCW\w{17} {2}1 {9}enabled .* in 5 days\n/,
  )
  expect(fired).toEqual([
    expect.stringMatching(/"function_status":200.*"keys":\{"default":\{.*"reason":"recent".* {2}HTTP 200\n$/),
    expect.stringMatching(/"function_status":200.*"reason":"not-due".* {2}HTTP 200\n$/),
  ])
})

test('no printed command is misread by zsh', () => {
  expect(pastedLines()).not.toEqual([])
  expect(pastedLines().flatMap(misreadByZsh)).toEqual([])
})

test('both printed callers send their key in both headers', async () => {
  const recorder = await startRecorder()
  onTestFinished(recorder.close)
  const callers = pastedLines().filter(line => /^ {2}(operator|app)\(\) /.test(line))
  const calls = [`operator ${recorder.url}`, `operator -X POST ${recorder.url}`, `app ${recorder.url}`]
  await promisify(execFile)('bash', ['-euc', [...callers, ...calls].join('\n')])
  const [operator = '', app = ''] = command.stdout().match(/(?<=X-Auth-Token: )[\w-]{36}/g) ?? []
  expect(operator).not.toBe(app)
  expect(recorder.credentials()).toEqual([both(operator), both(operator), both(app)])
})

test('the log of the functions is on stderr, each line with its function, and has no secret key', () => {
  const lines = command.stderr().trimEnd().split('\n')
  expect(lines).toContainEqual(expect.stringMatching(/^retrieval {2}\{.*\}$/))
  expect(lines.filter(line => !/^(rotation {3}|retrieval {2}|cron {7})\S/.test(line))).toEqual([])
  const secretKeys = command.stdout().match(/(?<=X-Auth-Token: |Bearer |TOKEN=)[\w-]{36}/g) ?? []
  expect(secretKeys.filter(secretKey => command.stderr().includes(secretKey))).toEqual([])
})

test('killed without a chance to clean up, it leaves no processes and no files', async () => {
  expect(await folder.left()).toHaveLength(2)
  command.kill()
  await groupEnded(command.pid)
  expect(await folder.left()).toEqual([])
})

/** The lines that are printed to be pasted. */
function pastedLines(): string[] {
  return command.stdout().match(/^ {2}(curl|operator|app|use|FIRST=|SECOND=|TOKEN=).*$/gm) ?? []
}
