import { expect, test } from 'vitest'
import { sourcesIn } from './sources.ts'

const functions = sourcesIn('functions')

/** The names that a source imports, types included. */
function namesImported(code: string): string[] {
  const lists = [...code.matchAll(/^import\s(?:type\s)?\{([^}]*)\}\s*from/gm)].map(([, names = '']) => names)
  return lists.flatMap(names =>
    names.split(',').map(name =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*$/, ''),
    ),
  )
}

const imported = ['functions', 'scripts', 'test', 'bench']
  .flatMap(sourcesIn)
  .map(({ path, code }) => ({ path, names: namesImported(code) }))

test('what a file of the functions exports, another file imports', () => {
  const unused = functions.flatMap(({ path, code }) => {
    const others = new Set(imported.filter(other => other.path !== path).flatMap(({ names }) => names))
    const exported = [...code.matchAll(/^export (?:async )?(?:const|function|class|interface|type) (\w+)/gm)]
    return exported
      .map(([, name = '']) => name)
      .filter(name => !others.has(name) && name !== 'handle')
      .map(name => `${path}: ${name}`)
  })
  expect(unused).toEqual([])
})
