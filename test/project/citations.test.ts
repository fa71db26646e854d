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
