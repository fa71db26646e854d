import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { thirdPartyNotices } from '../../scripts/build/notices.ts'
import { builtZips, root } from '../support/built.ts'

const bundled = {
  retrieval: [],
  rotation: [
    '@pinojs/redact',
    '@scaleway/random-name',
    '@scaleway/sdk-client',
    '@scaleway/sdk-iam',
    '@scaleway/sdk-secret',
    'atomic-sleep',
    'on-exit-leak-free',
    'pino',
    'pino-std-serializers',
    'quick-format-unescaped',
    'safe-stable-stringify',
    'sonic-boom',
    'thread-stream',
    'undici',
    'valibot',
  ],
}

const lockForm = v.object({ packages: v.record(v.string(), v.object({ version: v.optional(v.string()) })) })

test.each(['rotation', 'retrieval'] as const)(
  'the zip of %s names every package that it holds, with its licence',
  async name => {
    const notices = Buffer.from(unzipSync((await builtZips())[name])['THIRD-PARTY-NOTICES'] ?? []).toString()
    const titles = [...notices.matchAll(/^(\S+) (\d+\.\d+\.\d+) \((MIT|Apache-2\.0)\)$/gm)]
    expect(titles.map(([, title]) => title).sort()).toEqual(bundled[name])
    const { packages } = v.parse(lockForm, JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')))
    for (const [, title, version] of titles) {
      expect(version).toBe(packages[`node_modules/${title}`]?.version)
      const file = title === 'valibot' || title === '@scaleway/random-name' ? 'LICENSE.md' : 'LICENSE'
      const text = await readFile(join(root, 'node_modules', String(title), file), 'utf8')
      expect(notices).toContain(text.replaceAll('\r\n', '\n').trim())
    }
  },
)

test('the parser that undici brings without its licence is named with it, where it is bundled', async () => {
  const undici = await readFile(join(root, 'node_modules/undici/LICENSE'), 'utf8')
  expect(undici).not.toContain('Fedor Indutny')
  const { rotation, retrieval } = await builtZips()
  const [held, other] = [rotation, retrieval].map(zip => Buffer.from(unzipSync(zip)['THIRD-PARTY-NOTICES'] ?? []))
  expect(String(held)).toMatch(
    /\nllhttp, .* \(MIT\)\n\n.* MIT License\.\n\nCopyright Fedor Indutny, 2018\.\n\nPermission is/,
  )
  expect(String(other)).not.toContain('llhttp')
})

test('packages with the same licence text share it, and a folder with one of its own adds it', async () => {
  const folder = await packagesOf({
    'a/package.json': '{"name":"a","version":"1.0.0","license":"MIT"}',
    'a/lib/x.js': '',
    'a/LICENSE': 'the same\r\ntext\r\n',
    'b/package.json': '{"name":"b","version":"2.0.0","license":"ISC"}',
    'b/licence.txt': 'the same\ntext',
    '@c/c/package.json': '{"name":"@c/c","version":"3.0.0","license":"MIT"}',
    '@c/c/LICENSE': 'another text',
    '@c/c/lib/part/LICENSE': 'of a part',
    '@c/c/other/LICENSE': 'of a part that is not bundled',
  })
  const sources = ['b/index.js', 'a/index.js', 'a/lib/x.js', '@c/c/lib/part/x.js'].map(path => `node_modules/${path}`)
  const notices = await thirdPartyNotices(folder, ['functions/x/handler.ts', ...sources])
  const [, ...groups] = notices.split(/\n={80}\n\n/)
  expect(groups).toEqual([
    '@c/c 3.0.0 (MIT)\n\nanother text\n\nof a part\n',
    'a 1.0.0 (MIT)\nb 2.0.0 (ISC)\n\nthe same\ntext\n',
  ])
})

test.each([
  ['has no file with its licence', { 'package.json': '{"name":"a","version":"1.0.0","license":"MIT"}' }],
  ['must have one of the licences', { 'package.json': '{"name":"a","version":"1.0.0"}', LICENSE: 'text' }],
  [
    'must have one of the licences',
    { 'package.json': '{"name":"a","version":"1.0.0","license":"GPL-3.0-only"}', LICENSE: 'text' },
  ],
])('a package stops the build if it %s', async (why, files) => {
  const folder = await packagesOf(Object.fromEntries(Object.entries(files).map(([file, text]) => [`a/${file}`, text])))
  const built = thirdPartyNotices(folder, ['node_modules/a/index.js'])
  await expect(built).rejects.toThrow(`node_modules/a ${why}`)
  await expect(built).rejects.toThrow('read its terms, then replace it or add them to scripts/build/notices.ts')
})

/** Writes files into the node_modules of a folder of their own, and gives the folder. */
async function packagesOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'notices-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, 'node_modules', file)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, text)
  }
  return folder
}
