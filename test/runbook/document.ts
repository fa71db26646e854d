import { readFileSync } from 'node:fs'

/** A command block of the runbook, and the good answer that the document shows under it. */
export interface Block {
  /** Its heading and its number under it: `No key yet 1`. */
  readonly name: string
  readonly code: string
  /** What the document says that it needs: a URL and a token alone, or the folder of the deployment (or a key of Scaleway's). */
  readonly needs: 'token' | 'deployment'
  readonly answer: { readonly language: 'json' | 'text'; readonly text: string } | undefined
}

const text = readFileSync(new URL('../../RUNBOOK.md', import.meta.url), 'utf8')

/** The block that all others need first, and the one that stands in for it with a URL and a token alone. */
export const preambleName = 'Set up 1'
export const preambleByHandName = 'Set up 2'

/** Reads the command blocks of the runbook. The fence after one, before the next, is its good answer. */
export function readBlocks(): readonly Block[] {
  const blocks: Block[] = []
  for (const { heading, body } of sections()) {
    let number = 0
    for (const { language, code, before } of fences(body)) {
      const last = blocks.at(-1)
      if (language === 'bash' || language === 'sh')
        blocks.push({ name: `${heading} ${++number}`, code, needs: needsIn(heading, before), answer: undefined })
      else if ((language === 'json' || language === 'text') && number > 0 && last?.answer === undefined && last)
        blocks[blocks.length - 1] = { ...last, answer: { language, text: code } }
      else throw new Error(`"${heading}" has a fence that is neither a command nor the one answer to it.`)
    }
  }
  return blocks
}

/** The last sentence before a block, in its section, that says what it needs. */
function needsIn(heading: string, before: string): Block['needs'] {
  const [, sentence] = /^.*\*\*Needs\*\* (.*)$/s.exec(before) ?? []
  if (sentence === undefined) throw new Error(`"${heading}" has a block before which nothing says what it **Needs**.`)
  return /^a URL and [^.]*token\b/.test(sentence) ? 'token' : 'deployment'
}

/** Gives one block by its name. */
export function blockNamed(name: string): Block {
  const found = readBlocks().find(block => block.name === name)
  if (found === undefined) throw new Error(`The runbook has no block "${name}".`)
  return found
}

/** The commands that stand inside sentences. */
export function commandsInSentences(): readonly string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '')
  const begins = /^(rotation|retrieval|consumer|scaleway|terraform|npm|curl|state|read|export) /
  return Array.from(prose.matchAll(/`([^`]+)`/g), ([, code = '']) => code).filter(code => begins.test(code))
}

/** The codes in the first column of the tables. */
export function codesInTables(): readonly string[] {
  const firstCells = text.split('\n').flatMap(line => /^\| ([^|]*)\|/.exec(line)?.[1] ?? [])
  return firstCells.flatMap(cell => Array.from(cell.matchAll(/`([a-z-]+)`/g), ([, code = '']) => code))
}

/** The links inside the document, and the anchors that its headings make. */
export function linksAndAnchors() {
  const links = Array.from(text.matchAll(/\]\(#([^)]*)\)/g), ([, anchor = '']) => anchor)
  const anchors = sections().map(({ heading }) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
  return { links, anchors }
}

function sections() {
  return text
    .split(/^## /m)
    .slice(1)
    .map(part => ({ heading: part.slice(0, part.indexOf('\n')), body: part.slice(part.indexOf('\n')) }))
}

function fences(body: string) {
  return Array.from(body.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm), ({ index, 1: language = '', 2: code = '' }) => ({
    language,
    code,
    before: body.slice(0, index),
  }))
}
