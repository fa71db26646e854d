import { existsSync } from 'node:fs'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { type FunctionSource, FunctionStartError, startFunction } from '../../support/function-process.ts'
import { ended } from '../../support/processes.ts'
import { zipHandler } from './zip-handler.ts'

const whereItRuns = `export const handle = () => ({ body: { cwd: process.cwd(), env: process.env } })`

const whereForm = v.object({ cwd: v.string(), env: v.record(v.string(), v.string()) })

async function whereItRan(url: string) {
  const response = await fetch(url)
  return v.parse(whereForm, await response.json())
}

async function started(source: FunctionSource) {
  const running = await startFunction(source)
  onTestFinished(running.stop)
  return running
}

test('a function sees exactly the environment that it was given', async () => {
  const { url } = await started({ zip: zipHandler(whereItRuns), env: { REGION: 'fr-par' } })
  const { env } = await whereItRan(url)
  expect(env).toEqual({ REGION: 'fr-par' })
})

test('a stopped function leaves neither process nor files', async () => {
  const running = await started({ zip: zipHandler(whereItRuns), env: {} })
  const { cwd } = await whereItRan(running.url)
  expect(existsSync(cwd)).toBe(true)
  await running.stop()
  expect(existsSync(cwd)).toBe(false)
  await ended(running.pid)
})

test('what a function prints is passed on line by line', async () => {
  const handler = `export const handle = () => { console.log('one\\ntwo'); return { body: '' } }`
  const lines: string[] = []
  const running = await started({ zip: zipHandler(handler), env: {}, log: line => lines.push(line) })
  await fetch(running.url)
  await running.stop()
  expect(lines).toEqual(['one', 'two'])
  expect(running.output()).toEqual(lines)
})

test.each([
  ['throws at import', 'throw new Error("no such setting")', /no such setting/],
  ['lacks the export', 'export const other = 1', /exports no function named handle/],
  ['ends its process', 'process.exit(7)', /ended before it listened \(code 7\)/],
])('a handler that %s is refused with a clear reason', async (_, source, reason) => {
  await expect(startFunction({ zip: zipHandler(source), env: {} })).rejects.toThrow(reason)
})

test('a handler in a folder of the zip is found by its path', async () => {
  const zip = zipHandler('export const answer = () => ({ body: "found" })', 'dist/main.js')
  const { url } = await started({ zip, env: {}, handler: 'dist/main.answer' })
  expect(await (await fetch(url)).text()).toBe('found')
})

test('a Node that does not exist is refused with a clear reason', async () => {
  const start = startFunction({ zip: zipHandler(whereItRuns), env: {}, nodePath: '/no/such/node' })
  await expect(start).rejects.toThrow(FunctionStartError)
})

test('a zip that names a file outside of itself is refused', async () => {
  const zip = zipHandler('', '../handler.js')
  await expect(startFunction({ zip, env: {} })).rejects.toThrow(/outside of itself/)
})
