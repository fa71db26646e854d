import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { circles, importsOf, mutualFolders, type Source, sourcesIn } from './sources.ts'

const functions = sourcesIn('functions')
const everything = ['functions', 'scripts', 'test', 'bench', 'examples'].flatMap(sourcesIn)
const inside = (folder: string) => functions.filter(({ path }) => path.startsWith(`functions/${folder}/`))
const naming = (pattern: RegExp) => functions.filter(({ code }) => pattern.test(code)).map(({ path }) => path)

/** What the sources of a folder import at run time that is outside the allowed folders and files. */
function strays(sources: readonly Source[], allowed: readonly string[]): string[] {
  return sources.flatMap(source =>
    importsOf(source, { types: false })
      .filter(from => !allowed.some(place => from === place || from.startsWith(place)))
      .map(from => `${source.path} imports ${from}`),
  )
}

test('there is something to look at', () => {
  expect(functions.length).toBeGreaterThan(60)
  expect(everything.flatMap(source => importsOf(source)).length).toBeGreaterThan(1_000)
})

describe('imports', () => {
  test('of the functions stay in functions, and the two functions never import each other', () => {
    for (const source of functions) {
      const [, own = ''] = source.path.split('/')
      const allowed = own === 'shared' ? ['functions/shared/'] : ['functions/shared/', `functions/${own}/`]
      const files = importsOf(source).filter(from => from.endsWith('.ts'))
      expect(files.filter(file => !allowed.some(folder => file.startsWith(folder)))).toEqual([])
    }
  })

  test('of the local Scaleway leave the functions out, so that a misunderstanding cannot cancel itself out', () => {
    for (const source of sourcesIn('test/fake-scaleway')) {
      expect(importsOf(source).filter(from => from.startsWith('functions/'))).toEqual([])
    }
  })

  test('of an example are Node and its own files, so that it can be copied out', () => {
    const examples = sourcesIn('examples')
    expect(examples.length).toBeGreaterThan(0)
    for (const source of examples) {
      const allowed = (from: string) => from.startsWith('node:') || dirname(from) === dirname(source.path)
      expect(importsOf(source).filter(from => !allowed(from))).toEqual([])
    }
  })

  test('form no circle between files', () => {
    expect(circles(everything)).toEqual([])
  })

  test('form no pair of folders that import each other', () => {
    expect(mutualFolders(everything)).toEqual([])
  })
})

describe('the rules above see', () => {
  const source = (path: string, ...imports: string[]) => ({
    path,
    code: imports.map(from => `import { x } from '${from}'`).join('\n'),
  })

  test('a circle of three files, whichever is read first', () => {
    const ring = [source('a/1.ts', './2.ts'), source('a/2.ts', './3.ts'), source('a/3.ts', './1.ts')]
    expect(circles(ring)).toEqual(['a/1.ts → a/2.ts → a/3.ts → a/1.ts'])
    expect(circles([...ring].reverse())).toHaveLength(1)
    expect(circles(ring.slice(1))).toEqual([])
  })

  test('two folders that import each other, but not a folder and a room in it', () => {
    const there = source('a/1.ts', '../b/2.ts')
    expect(mutualFolders([there, source('b/2.ts', '../a/3.ts')])).toEqual(['a b'])
    expect(mutualFolders([there, source('b/2.test.ts', '../a/3.ts')])).toEqual([])
    expect(mutualFolders([source('a/1.ts', './c/2.ts'), source('a/c/2.ts', '../3.ts')])).toEqual([])
  })
})

describe('a room that decides is pure', () => {
  const formats = 'functions/shared/formats.ts'
  const plan = 'functions/rotation/plan/'
  const status = 'functions/rotation/status/'
  const report = 'functions/rotation/report/'
  const shared = ['json.ts', 'http-error.ts', 'key-names.ts'].map(file => `functions/shared/${file}`)
  const http = ['valibot', ...shared]
  const impure = /\bnew Date\(\)|Date\.now|Math\.random|\bprocess\b|\bperformance\b|\bawait\b|\bset(Timeout|Interval)\b/

  test.each([
    { room: 'rotation/plan', allowed: [plan, formats] },
    { room: 'rotation/status', allowed: [status, plan, formats] },
  ])('$room imports only what is pure itself, and reads no clock', ({ room, allowed }) => {
    const sources = inside(room)
    expect(sources.length).toBeGreaterThan(4)
    expect(strays(sources, allowed)).toEqual([])
    expect(sources.filter(({ code }) => impure.test(code)).map(({ path }) => path)).toEqual([])
  })

  test.each([
    { path: `${report}ended-run.ts`, allowed: [plan, status] },
    { path: `${report}drafts.ts`, allowed: [plan, status, `${report}ended-run.ts`] },
    { path: `${report}notifications.ts`, allowed: [`${report}drafts.ts`] },
    { path: 'functions/rotation/http/request.ts', allowed: http },
    { path: 'functions/retrieval/request.ts', allowed: [] },
  ])('$path as well', ({ path, allowed }) => {
    const sources = functions.filter(source => source.path === path)
    expect(sources).toHaveLength(1)
    expect(strays(sources, allowed)).toEqual([])
    expect(sources.filter(({ code }) => impure.test(code))).toEqual([])
  })
})

describe('what touches the world', () => {
  const handlers = ['functions/retrieval/handler.ts', 'functions/rotation/handler.ts']

  test('only a handler names the environment and the clock', () => {
    const pattern = /\bprocess\.(env|uptime|hrtime|stdout)\b|Date\.now|\bnew Date\(\)|\bperformance\b/
    expect(naming(pattern).sort()).toEqual(handlers)
  })

  test('only retrieval’s handler and rotation’s fetch name the network', () => {
    const network = ['undici', 'node:http', 'node:https', 'node:net', 'node:tls']
    const users = functions.filter(source => importsOf(source, { types: false }).some(from => network.includes(from)))
    expect(users.map(({ path }) => path).sort()).toEqual([
      'functions/retrieval/handler.ts',
      'functions/rotation/fetch.ts',
    ])
  })

  test('IAM and Secret Manager are called in the rooms named scaleway, and IAM in none of retrieval', () => {
    expect(naming(/\biam\.\w+\(/).sort()).toEqual([
      'functions/rotation/scaleway/keys.ts',
      'functions/rotation/scaleway/prove.ts',
    ])
    expect(naming(/\bsecrets\.\w+\(/).sort()).toEqual([
      'functions/rotation/scaleway/prove.ts',
      'functions/rotation/scaleway/versions.ts',
    ])
    expect(naming(/@scaleway\/sdk|\/(iam|secret-manager)\/v1/).sort()).toEqual([
      'functions/retrieval/scaleway/latest-version.ts',
      'functions/rotation/scaleway/client.ts',
    ])
  })

  test('a secret is revealed in six places: the SDK’s client, the stored form, retrieval’s header, the CRON’s token, a receiver’s address and a signature', () => {
    expect(naming(/\.reveal\(\)/).sort()).toEqual([
      'functions/retrieval/scaleway/latest-version.ts',
      'functions/rotation/cron-token.ts',
      'functions/rotation/report/deliver.ts',
      'functions/rotation/report/webhook.ts',
      'functions/rotation/scaleway/client.ts',
      'functions/shared/credential.ts',
    ])
    expect(functions.flatMap(({ code }) => code.match(/\.reveal\(\)/g) ?? [])).toHaveLength(6)
  })
})

test('no type is switched off', () => {
  for (const { path, code } of functions)
    expect(`${path}: ${/\bas any\b|: any\b|@ts-/.exec(code)}`).toBe(`${path}: null`)
})
