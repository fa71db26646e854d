import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../../functions/retrieval/', import.meta.url))

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => ({ name, code: withoutComments(readFileSync(folder + name, 'utf8')) }))
const inner = files.filter(({ name }) => name !== 'handler.ts')

/** Modules that remain when types are erased. */
function imports(code: string): string[] {
  const statements = code.matchAll(/^(?:import|export)\s(?!type\b)[^'";]*?from '([^']+)'|^import '([^']+)'/gm)
  return Array.from(statements, ([, named, bare]) => named ?? bare ?? '')
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

test.each(['request.ts', 'entitlement.ts'])('the deciding part imports types only: %s', deciding => {
  const file = files.find(({ name }) => name === deciding)
  expect(file && imports(file.code)).toEqual([])
})

describe.each(inner)('functions/retrieval/$name', ({ code }) => {
  test('does not use the process, the clock, randomness or timers', () => {
    expect(code).not.toMatch(/\bprocess\b|\bDate\b|\bperformance\b|Math\.random|\bset(Timeout|Interval|Immediate)\b/)
  })

  test('does not use the network or any other part of Node', () => {
    expect(code).not.toMatch(/\bfetch\(|\bimport\(|\brequire\(|\bglobalThis\b|AbortSignal/)
    expect(imports(code).filter(module => module.startsWith('node:'))).toEqual([])
  })

  test('imports nothing from outside but what both functions share', () => {
    const outside = imports(code).filter(
      module => !/^(\.\/|\.\.\/)(\.\.\/)?((shared|scaleway)\/)?[\w-]+\.ts$/.test(module),
    )
    expect(outside).toEqual([])
  })
})

test('the handler takes from Node the TLS client alone, and imports no plain HTTP client', () => {
  const handler = files.find(({ name }) => name === 'handler.ts')
  expect(handler && imports(handler.code).filter(module => module.startsWith('node:'))).toEqual(['node:https'])
})

test('this function reveals a secret in one file: the one that sends it as a header of the call', () => {
  const revealing = files.filter(({ code }) => code.includes('.reveal()')).map(({ name }) => name)
  expect(revealing).toEqual(['scaleway/latest-version.ts'])
})
