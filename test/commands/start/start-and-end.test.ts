import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { run, runScript } from '../../support/command.ts'
import { groupEnded } from '../../support/processes.ts'
import { occupy, threePorts } from './ports.ts'

function started(...args: Parameters<typeof runScript>) {
  const command = runScript(...args)
  onTestFinished(command.end)
  return command
}

/** Waits until the local Scaleway answers. It does so while the functions are still being built. */
async function served(port: number): Promise<void> {
  const answered = await fetch(`http://127.0.0.1:${port}/metadata`).catch(() => undefined)
  if (answered !== undefined) return
  await pause(20)
  await served(port)
}

test('a taken port, the last of the three, gives one sentence and code 1, and no process keeps running', async () => {
  const port = await threePorts()
  const other = await occupy(port + 2)
  onTestFinished(() => void other.close())
  const command = started('start', '--port', String(port))
  expect(await command.exitCode).toBe(1)
  expect(command.stdout()).toBe('')
  expect(command.stderr()).toBe(
    `Port ${port + 2} is taken by another program. Take another with --port, or leave --port out and free ports are used.\n`,
  )
  await groupEnded(command.pid)
})

test('it ends when its output is no longer read', async () => {
  const command = run(['bash', '-c', 'node --import tsx scripts/scaleway.ts | true; exit $PIPESTATUS'])
  onTestFinished(command.end)
  expect(await command.exitCode).toBe(0)
  expect(command.stderr()).toBe('')
})

test('Ctrl-C during the start ends it with code 0 and leaves no process', async () => {
  const port = await threePorts()
  const command = started('start', '--port', String(port))
  await served(port)
  command.interrupt()
  expect(await command.exitCode).toBe(0)
  expect([command.stdout(), command.stderr()]).toEqual(['', ''])
  await groupEnded(command.pid)
})

test('an unknown option gives one sentence on stderr and code 1', async () => {
  const command = started('start', '--prot', '8080')
  expect(await command.exitCode).toBe(1)
  expect(command.stdout()).toBe('')
  expect(command.stderr()).toMatch(/^Unknown option '--prot'\. [^\n]+\n$/)
})

test('--help prints the options and starts nothing', async () => {
  const command = started('start', '--help')
  expect(await command.exitCode).toBe(0)
  expect(command.stdout()).toMatch(/--port N .*--json .*--help /s)
})
