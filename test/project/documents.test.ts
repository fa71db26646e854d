import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { proofs } from '../proofs/all.ts'
import { root } from '../support/built.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first)
const folders = ['.', ...['bench', 'docs', 'examples'].filter(folder => existsSync(join(root, folder)))]
const documents = folders.flatMap(folder =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name)),
)

/** The anchors of a document's headings, as they are made where Markdown is shown. */
function anchors(path: string): string[] {
  return found(read(path), /^#+ (.+)$/gm).map(heading =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

describe('links', () => {
  test.each(documents)('of %s lead to a file and a heading that are there', path => {
    const links = found(read(path), /\]\((?!https?:)([^)\s]+)\)/g)
    const broken = links.filter(link => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })
})

describe('SECURITY.md', () => {
  const security = read('SECURITY.md')
  const terraform = read('main.tf')

  test('says how to replace each key that Terraform makes', () => {
    const keys = found(terraform, /^resource "scaleway_iam_api_key" "(\w+)"/gm)
    expect(keys).toHaveLength(5)
    expect(keys.filter(key => !security.includes(`-replace=scaleway_iam_api_key.${key}`))).toEqual([])
  })

  test('says where each secret of the functions and each sensitive output is', () => {
    const blocks = found(terraform, /secret_environment_variables = (.*?)\n\n/gs)
    const secrets = blocks.flatMap(block => found(block, /\b([A-Z]{2,}(?:_[A-Z]+)+) +=/g))
    const outputs = found(read('outputs.tf'), /^output "(\w+)" \{(?:(?!^\}).)*sensitive +=\strue/gms)
    expect([secrets.length, outputs.length]).toEqual([5, 3])
    expect([...secrets, ...outputs].filter(name => !security.includes(`\`${name}\``))).toEqual([])
  })
})

describe('PROOF.md', () => {
  test.each(proofs.map(({ name }) => name))('has a row for %s, by which nothing was bad', name => {
    const [row = ''] = found(read('PROOF.md'), new RegExp(`^(\\| \`${name}\` \\|.*)$`, 'gm'))
    expect(row).toMatch(/ \| [1-9][\d,]* [a-z]+ \| 0 \| /)
  })
})
