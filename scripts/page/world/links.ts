import { readFileSync } from 'node:fs'

/** The documents that explain codes, most helpful first: paths in the project and on the page's server. */
const documents = ['docs/how-it-works.md', 'docs/http.md', 'RUNBOOK.md'] as const

/** Gives the text of a document that is served; undefined for every other path. */
export function documentAt(path: string): string | undefined {
  const known = documents.find(document => path === `/${document}`)
  return known === undefined ? undefined : textOf(known)
}

/** Gives the address, on the page's server, of the first document that has a code, at its line; null if none has. */
export function linkTo(code: string | null): string | null {
  if (code === null) return null
  const explaining = documents.find(document => textOf(document).includes(`\`${code}\``))
  return explaining === undefined ? null : `/${explaining}#${code}`
}

/** Gives a document as a page to look a code up in: its text as it is, with an anchor at the line that explains each code. */
export function asHtml(text: string): string {
  const lines = text.split('\n')
  const explained = new Map<string, number>()
  // A row of a table that begins with a code explains it; else its first mention has to do.
  for (const partOf of [beginningOfRow, (line: string) => line]) {
    for (const [index, line] of lines.entries()) {
      for (const code of codesIn(partOf(line))) if (!explained.has(code)) explained.set(code, index)
    }
  }
  const anchored = lines.map((line, index) => {
    const codes = new Set(codesIn(line).filter(code => explained.get(code) === index))
    return `${[...codes].map(code => `<a id="${code}"></a>`).join('')}${escaped(line)}`
  })
  const head =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
  return `${head}<title>What a code means</title><link rel="stylesheet" href="/style.css"><pre class="document">${anchored.join('\n')}</pre></html>\n`
}

function beginningOfRow(line: string): string {
  return line.startsWith('|') ? line.split('|').slice(1, 3).join('|') : ''
}

function codesIn(text: string): string[] {
  return Array.from(text.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g), ([, code = '']) => code)
}

const texts = new Map<string, string>()

function textOf(document: (typeof documents)[number]): string {
  const text = texts.get(document) ?? readFileSync(new URL(`../../../${document}`, import.meta.url), 'utf8')
  texts.set(document, text)
  return text
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
