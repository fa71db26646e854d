import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { startStandIn } from '../examples/stand-in.ts'
import { root } from '../support/built.ts'
import { run } from '../support/command.ts'

const readme = await readFile(join(root, 'README.md'), 'utf8')

describe('README.md', () => {
  test('has 150 lines at most, so that it stays a page', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150)
  })

  test('names each command of package.json in its table, and no other', async () => {
    const form = v.object({ scripts: v.record(v.string(), v.string()) })
    const { scripts } = v.parse(form, JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
    const rows = Array.from(readme.matchAll(/^\| (`npm .*?) \| /gm), ([, cell = '']) => cell)
    const named = rows.flatMap(cell => Array.from(cell.matchAll(/`npm (?:run )?([a-z:]+)/g), ([, name = '']) => name))
    expect([...new Set(named)].sort()).toEqual(Object.keys(scripts).sort())
  })

  test('shows code for an application that fetches the key and makes a call with it', async ({ onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'readme-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { settings } = await startStandIn(onTestFinished, { apiStatus: () => 204 })
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
    await writeFile(join(folder, 'app.ts'), code)
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    for (const file of ['rotated-key.ts', 'ask-retrieval.ts'])
      await copyFile(join(root, 'examples/node', file), join(folder, file))
    const app = run([process.execPath, '--import', 'tsx', join(folder, 'app.ts')], settings)
    onTestFinished(app.end)
    await expect.poll(app.stdout, { timeout: 15_000 }).toBe('204\n')
  })
})
