import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { actionReasons } from '../support/codes.ts'

const text = readFileSync(join(root, 'docs/how-it-works.md'), 'utf8')

/** The text under each heading that begins so, by heading. */
const sections = new Map(
  text.split(/^## /m).map(part => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]),
)

describe('docs/how-it-works.md', () => {
  const rules = [...sections].filter(([heading]) => heading.startsWith('Rule '))

  test('has the fourteen rules under their numbers, which the code cites', () => {
    expect(rules.map(([heading]) => Number.parseInt(heading.slice('Rule '.length), 10))).toEqual(
      Array.from({ length: 14 }, (_, index) => index + 1),
    )
  })

  test.each(rules)('names the files that hold "%s", and what goes wrong without it', (_, rule) => {
    const [, where = ''] = /^Where: ([\s\S]*?)\n\n/m.exec(rule) ?? []
    const files = Array.from(where.matchAll(/\]\(\.\.\/(functions\/[^)]+\.ts)\)/g), ([, file = '']) => file)
    expect(files).not.toEqual([])
    expect(files.filter(file => !existsSync(join(root, file)))).toEqual([])
    expect(rule).toMatch(/^\| without it \| runs that go wrong \|\n\| --- \| --- \|\n\| .*\d+ of /m)
  })

  test('explains each reason of each action, and no other', () => {
    let kind = ''
    const explained = (sections.get('Reasons of actions') ?? '').split('\n').flatMap(row => {
      const [, newKind, reason] = /^\| (?:`(\w+)`)? ?\| `([a-z-]+)`/.exec(row) ?? []
      kind = newKind ?? kind
      return reason === undefined ? [] : [`${kind} ${reason}`]
    })
    const said = Object.entries(actionReasons).flatMap(([of, reasons]) => reasons.map(reason => `${of} ${reason}`))
    expect(explained.toSorted()).toEqual(said.toSorted())
  })
})
