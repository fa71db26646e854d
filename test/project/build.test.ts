import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makePackage } from '../../scripts/build/package.ts'
import { builtZips, root, version } from '../support/built.ts'
import { projectFiles } from './project-files.ts'

const run = promisify(execFile)
const zips = ['rotation.zip', 'retrieval.zip', 'module.zip']

let folder: string
let released: Record<string, Buffer>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'))
  await makePackage({ root, outputFolder: folder })
  released = await filesIn(join(folder, 'package'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the lock file has the version of package.json', async () => {
  const lock: unknown = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  expect(lock).toMatchObject({ version, packages: { '': { version } } })
})

test('a release is three zips and the sum of each, in the form that sha256sum checks', () => {
  expect(Object.keys(released).sort()).toEqual(['SHA256SUMS', ...zips].sort())
  const sum = (name: string) =>
    createHash('sha256')
      .update(released[name] ?? '')
      .digest('hex')
  expect(String(released.SHA256SUMS)).toBe(zips.map(name => `${sum(name)}  ${name}\n`).join(''))
})

test('the same sources give the same release in every clone, time zone, language and umask', async () => {
  expect(await sumsElsewhere()).toBe(String(released.SHA256SUMS))
  const { rotation, retrieval } = await builtZips()
  expect([sha256(rotation), sha256(retrieval)]).toEqual(zips.slice(0, 2).map(name => sha256(released[name])))
}, 60_000)

test.each(['rotation.zip', 'retrieval.zip'])('%s has nothing but code, its type and its licences inside', name => {
  const files = unzipSync(released[name] ?? new Uint8Array())
  expect(Object.keys(files)).toEqual(['handler.js', 'package.json', 'THIRD-PARTY-NOTICES'])
  expect(Buffer.from(files['package.json'] ?? []).toString()).toBe('{"type":"module"}\n')
  expect(Buffer.from(files['handler.js'] ?? []).toString()).not.toContain(root)
})

test('module.zip has every Terraform file but the provider, both functions and the licence', async () => {
  const files = unzipSync(released['module.zip'] ?? new Uint8Array())
  const { stdout } = await run('git', ['ls-files', '--', ':(glob)*.tf'], { cwd: root })
  const ours = stdout.split('\n').filter(name => name !== '' && name !== 'provider.tf')
  expect(Object.keys(files).sort()).toEqual(['LICENSE', ...ours, 'dist/retrieval.zip', 'dist/rotation.zip'].sort())
  const { LICENSE, 'dist/rotation.zip': rotation, 'dist/retrieval.zip': retrieval, ...terraform } = files
  expect([sha256(rotation), sha256(retrieval)]).toEqual(zips.slice(0, 2).map(name => sha256(released[name])))
  for (const [name, content] of Object.entries({ ...terraform, LICENSE }))
    expect(Buffer.from(content ?? []).toString()).toBe(await readFile(join(root, name), 'utf8'))
  expect(Buffer.concat(Object.values(terraform)).toString()).not.toMatch(/^provider "/m)
})

test.each(zips)('whoever unpacks %s can read its files', async name => {
  const { stdout } = await run('python3', ['-c', printRights, join(folder, 'package', name)])
  expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['0o100644']))
})

const printRights =
  'import sys, zipfile\nfor file in zipfile.ZipFile(sys.argv[1]).infolist(): print(oct(file.external_attr >> 16))'

/** Packages as another machine would: another clone with other line ends, time zone, language, umask, and Node if one is named. */
async function sumsElsewhere(): Promise<string> {
  const clone = await mkdtemp(join(tmpdir(), 'elsewhere-'))
  onTestFinished(() => rm(clone, { recursive: true, force: true }))
  const copied = [
    /^functions\/.*\.ts$/,
    /^scripts\/build\/|^scripts\/package\.ts$/,
    /^[a-z]+\.tf$/,
    /^(LICENSE|package\.json|tsconfig\.json)$/,
  ]
  for (const name of projectFiles(/./).filter(path => copied.some(form => form.test(path)))) {
    await mkdir(dirname(join(clone, name)), { recursive: true })
    await writeFile(join(clone, name), (await readFile(join(root, name), 'utf8')).replaceAll('\n', '\r\n'))
  }
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'))
  const node = process.env.FUNCTION_NODE_PATH ?? process.execPath
  await run('bash', ['-euc', 'umask 077; exec "$0" --import tsx scripts/package.ts', node], {
    cwd: clone,
    env: { ...process.env, TZ: otherTimeZone, LANG: 'sv_SE.UTF-8', LC_ALL: 'sv_SE.UTF-8' },
  })
  return readFile(join(clone, 'dist/package/SHA256SUMS'), 'utf8')
}

const otherTimeZone = new Date().getTimezoneOffset() > 0 ? 'Asia/Tokyo' : 'America/Los_Angeles'

async function filesIn(folder: string): Promise<Record<string, Buffer>> {
  const files = (await readdir(folder)).map(async name => [name, await readFile(join(folder, name))] as const)
  return Object.fromEntries(await Promise.all(files))
}

// Compared by their sums: of two large buffers that differ the difference takes minutes.
function sha256(bytes: Uint8Array = new Uint8Array()): string {
  return createHash('sha256').update(bytes).digest('hex')
}
