import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { anchorsOf } from './anchors.ts'
import { projectFiles } from './project-files.ts'

const files = projectFiles(/\.(ts|mjs|js|tf|hcl|md|py|sh|yaml|example)$/).map(path => ({
  path,
  // A comment may break a citation at the end of a line.
  text: readFileSync(join(root, path), 'utf8').replaceAll(/\n[ \t]*(?:\*|\/\/|#(?= ))?[ \t]*/g, ' '),
}))

/** What a file cites: documents below docs/ by path, each with its anchors, as in `docs/scaleway.md#versions, #payloads`. */
const citations = files.flatMap(({ path, text }) =>
  Array.from(text.matchAll(/\bdocs\/([\w-]+\.md)((?:(?:, )?#[\w-]+)*)/g), ([, name = '', anchors = '']) => ({
    path,
    document: `docs/${name}`,
    anchors: Array.from(anchors.matchAll(/#([\w-]+)/g), ([, anchor = '']) => anchor),
  })),
)

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(300)
  expect(citations.length).toBeGreaterThan(100)
  expect(citations.filter(({ anchors }) => anchors.length > 1)).not.toEqual([])
})

test('whatever cites a document names one that is there', () => {
  const missing = citations.filter(({ document }) => !existsSync(join(root, document)))
  expect(missing.map(({ path, document }) => `${path}: ${document}`)).toEqual([])
})

test('whatever cites a heading of a document names one that is there', () => {
  const missing = citations
    .filter(({ document }) => existsSync(join(root, document)))
    .flatMap(({ path, document, anchors }) => {
      const there = anchorsOf(readFileSync(join(root, document), 'utf8'))
      return anchors.filter(anchor => !there.includes(anchor)).map(anchor => `${path}: ${document}#${anchor}`)
    })
  expect(missing).toEqual([])
})

test('nothing cites what is not in the repository, or a section by its number alone', () => {
  // Written so that this file does not find itself. A section of an RFC may be cited: everybody has it.
  const outside = /\bfacts[/] ?[\w-]*|\bDESIG[N]\b|(?<!\bRFC \d+,? )\u00a7 ?[\d.]*/g
  const found = files.flatMap(({ path, text }) =>
    Array.from(text.matchAll(outside), ([citation]) => `${path}: ${citation}`),
  )
  expect(found).toEqual([])
})

test('whatever names a rule by its number names one that is explained', () => {
  const explained = [...readFileSync(join(root, 'docs/how-it-works.md'), 'utf8').matchAll(/^## Rule (\d+): /gm)]
  const numbers = new Set(explained.map(([, number = '']) => number))
  const named = files.flatMap(({ path, text }) =>
    Array.from(text.matchAll(/\brules? (\d+)(?:(?:,| and|, and) (\d+))*/gi), ([phrase]) => ({ path, phrase })),
  )
  const unknown = named.filter(({ phrase }) => (phrase.match(/\d+/g) ?? []).some(number => !numbers.has(number)))
  expect(named.length).toBeGreaterThan(15)
  expect(unknown.map(({ path, phrase }) => `${path}: ${phrase}`)).toEqual([])
})
