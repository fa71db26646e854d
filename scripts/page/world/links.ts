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

/** Gives a document as a page to look a code up in: its text as it is, with an anchor at the first line of each code. */
export function asHtml(text: string): string {
  const seen = new Set<string>()
  const lines = text.split('\n').map(line => {
    const codes = Array.from(line.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g), ([, code = '']) => code)
    const anchors = codes.filter(code => !seen.has(code) && seen.add(code)).map(code => `<a id="${code}"></a>`)
    return `${anchors.join('')}${escaped(line)}`
  })
  const head =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
  return `${head}<title>What a code means</title><link rel="stylesheet" href="/style.css"><pre class="document">${lines.join('\n')}</pre></html>\n`
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
