import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningCommand, run, scriptCommand } from '../../support/command.ts'
import { groupEnded } from '../../support/processes.ts'
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts'

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

test('the printed commands work when pasted one after the other', async () => {
  const commands = command.stdout().match(/^ {2}(curl|KEY=|TOKEN=).*$/gm) ?? []
  const { stdout } = await promisify(execFile)('bash', ['-euc', commands.join("\nprintf '\\0'\n")])
  const [first, rotated, fetched, used, then, asText, ...fired] = stdout.split('\0')
  expect(first).toMatch(/no-usable-key.* {2}HTTP 503\n$/)
  expect(rotated).toMatch(/"rotated":true.* {2}HTTP 200\n$/)
  expect(fetched).toMatch(/^\{"API_KEY":"SCW\w{17}","SECRET_KEY":"[\w-]{36}"\}\n$/)
  expect(used).toMatch(/permissions_denied.* {2}HTTP 403\n$/)
  expect(then).toMatch(/"healthy":true.* {2}HTTP 200\n$/)
  expect(asText).toMatch(/\nhealthy\n\n {2}access key .*\n {2}SCW\w{17} {2}1 {9}served /)
  expect(fired).toEqual([
    expect.stringMatching(/"function_status":200.*"reason":"recent".* {2}HTTP 200\n$/),
    expect.stringMatching(/"function_status":200.*"reason":"not-due".* {2}HTTP 200\n$/),
  ])
})

test('the log of the functions is on stderr, each line with its function, and has no secret key', () => {
  const lines = command.stderr().trimEnd().split('\n')
  expect(lines).toContainEqual(expect.stringMatching(/^retrieval {2}\{.*\}$/))
  expect(lines.filter(line => !/^(rotation {3}|retrieval {2}|cron {7})\S/.test(line))).toEqual([])
  const secretKeys = command.stdout().match(/(?<=X-Auth-Token: |TOKEN=)[\w-]{36}/g) ?? []
  expect(secretKeys.filter(secretKey => command.stderr().includes(secretKey))).toEqual([])
})

test('killed without a chance to clean up, it leaves no processes and no files', async () => {
  expect(await folder.left()).toHaveLength(2)
  command.kill()
  await groupEnded(command.pid)
  expect(await folder.left()).toEqual([])
})
