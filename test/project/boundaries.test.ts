import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/built.ts'

/** A source file by its path in the project, without its comments. */
interface Source {
  readonly path: string
  readonly code: string
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
    .map(path => ({ path, code: withoutComments(readFileSync(join(root, path), 'utf8')) }))
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** What a source imports: own files by their path in the project, packages by name. Types alone are left out on wish. */
function imports({ path, code }: Source, { types = true } = {}): string[] {
  const statements = code.matchAll(/^(import|export)( type)?\s[^'";]*?from '([^']+)'|^import '([^']+)'/gm)
  return [...statements]
    .filter(([, , type]) => types || type === undefined)
    .map(([, , , from, bare]) => from ?? bare ?? '')
    .map(from => (from.startsWith('.') ? relative(root, join(root, dirname(path), from)) : from))
}

const functions = sources('functions')
const named = (...names: string[]) => functions.filter(({ path }) => names.includes(path))

test('there is something to look at', () => {
  expect(functions.length).toBeGreaterThan(30)
  expect(functions.flatMap(source => imports(source)).length).toBeGreaterThan(100)
})

test('nothing in functions imports tests, scripts or benchmarks, and the functions never import each other', () => {
  for (const source of functions) {
    const [, own = ''] = source.path.split('/')
    const allowed = own === 'shared' ? ['functions/shared/'] : ['functions/shared/', `functions/${own}/`]
    const files = imports(source).filter(from => from.endsWith('.ts'))
    expect(files.filter(file => !allowed.some(folder => file.startsWith(folder)))).toEqual([])
  }
})

test('the local Scaleway imports nothing from the functions, so that a misunderstanding cannot cancel itself out', () => {
  for (const source of sources('test/fake-scaleway')) {
    expect(imports(source).filter(from => from.startsWith('functions/'))).toEqual([])
  }
})

test('an example imports nothing but Node and its own files, so that it can be copied out', () => {
  const examples = sources('examples')
  expect(examples.length).toBeGreaterThan(0)
  for (const source of examples) {
    const allowed = (from: string) => from.startsWith('node:') || dirname(from) === dirname(source.path)
    expect(imports(source).filter(from => !allowed(from))).toEqual([])
  }
})

describe('what decides is pure', () => {
  const pure = [
    'functions/rotation/plan/plan.ts',
    'functions/rotation/plan/issue-rules.ts',
    'functions/rotation/plan/cleanup-rules.ts',
    'functions/rotation/plan/compromise-rules.ts',
    'functions/rotation/plan/rollback-rules.ts',
    'functions/rotation/status/overdue.ts',
    'functions/rotation/status/rotator-key.ts',
    'functions/rotation/status/status.ts',
    'functions/rotation/status/problems.ts',
    'functions/rotation/report/notifications.ts',
    'functions/rotation/http/request.ts',
    'functions/rotation/plan/world.ts',
    'functions/rotation/plan/policy.ts',
    'functions/rotation/plan/markers.ts',
    'functions/rotation/plan/action-json.ts',
    'functions/retrieval/request.ts',
  ]
  const alsoAllowed = ['valibot', 'functions/shared/credential.ts', 'functions/shared/http-error.ts']

  test.each(pure)('%s imports only what is pure itself', path => {
    const [source] = named(path)
    expect(source).toBeDefined()
    const from = source === undefined ? [] : imports(source, { types: false })
    expect(from.filter(name => !pure.includes(name) && !alsoAllowed.includes(name))).toEqual([])
    expect(source?.code).not.toMatch(/\bnew Date\(\)|Date\.now|Math\.random|\bprocess\b|\bperformance\b|\bawait\b/)
  })
})

describe('what touches the world', () => {
  const handlers = ['functions/rotation/handler.ts', 'functions/retrieval/handler.ts']
  const naming = (pattern: RegExp) => functions.filter(({ code }) => pattern.test(code)).map(({ path }) => path)

  test('only a handler names the environment and the clock', () => {
    const pattern = /\bprocess\.(env|uptime|hrtime|stdout)\b|Date\.now|\bnew Date\(\)|\bperformance\b/
    expect(naming(pattern).sort()).toEqual([...handlers].sort())
  })

  test('only retrieval’s handler and rotation’s HTTP client name the network', () => {
    const network = ['undici', 'node:http', 'node:https', 'node:net', 'node:tls']
    const users = functions.filter(source => imports(source, { types: false }).some(from => network.includes(from)))
    expect(users.map(({ path }) => path).sort()).toEqual([
      'functions/retrieval/handler.ts',
      'functions/rotation/fetch.ts',
    ])
  })

  test('IAM is called only beside the keys, and Secret Manager only beside the versions', () => {
    expect(naming(/\biam\.\w+\(/).sort()).toEqual([
      'functions/rotation/scaleway/keys.ts',
      'functions/rotation/scaleway/prove.ts',
    ])
    expect(naming(/\bsecrets\.\w+\(/)).toEqual(['functions/rotation/scaleway/versions.ts'])
    expect(naming(/\/versions\/latest_enabled\/access/)).toEqual(['functions/retrieval/scaleway/latest-version.ts'])
  })

  test('a secret is revealed in five places: the SDK’s client, the stored form, retrieval’s header, a receiver’s address and a signature', () => {
    expect(naming(/\.reveal\(\)/).sort()).toEqual([
      'functions/retrieval/scaleway/latest-version.ts',
      'functions/rotation/report/deliver.ts',
      'functions/rotation/report/webhook.ts',
      'functions/rotation/scaleway/client.ts',
      'functions/shared/credential.ts',
    ])
    expect(functions.flatMap(({ code }) => code.match(/\.reveal\(\)/g) ?? [])).toHaveLength(5)
  })
})

test('no type is switched off', () => {
  for (const { path, code } of functions)
    expect(`${path}: ${/\bas any\b|: any\b|@ts-/.exec(code)}`).toBe(`${path}: null`)
})
