import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { proofs } from '../proofs/all.ts'
import { root } from '../support/built.ts'
import { anchorsOf, withoutCode } from './anchors.ts'
import { projectFiles } from './project-files.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first)

describe('links', () => {
  const documents = projectFiles(/\.md$/)

  test('are looked for in all folders', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'bench/README.md', 'docs/scaleway.md']))
  })

  test.each(documents)('of %s lead to a file and a heading that are there', path => {
    const links = found(withoutCode(read(path)), /\]\((?!https?:)([^)\s]+)\)/g)
    const broken = links.filter(link => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  test('lead to the headings as GitHub names them, equal ones by number, and to nothing in a block of code', () => {
    const markdown = '# A key, leaked!\n\n## [Of](x.md) `it`\n\n```sh\n# no heading\n```\n\n## Of it\n\n## Of it\n'
    expect(anchorsOf(markdown)).toEqual(['a-key-leaked', 'of-it', 'of-it-1', 'of-it-2'])
  })
})

describe('SECURITY.md', () => {
  const security = read('SECURITY.md')
  const terraform = read('main.tf')

  test('says how to replace each key that Terraform makes', () => {
    const keys = found(terraform, /^resource "scaleway_iam_api_key" "(\w+)"/gm)
    expect(keys).toHaveLength(6)
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
  test.each(proofs.map(({ name }) => name))('has a row for %s without a failure', name => {
    const [row = ''] = found(read('PROOF.md'), new RegExp(`^(\\| \`${name}\` \\|.*)$`, 'gm'))
    expect(row).toMatch(/ \| [1-9][\d,]* [a-z]+ \| 0 \| /)
  })

  test('is one page', () => {
    expect(read('PROOF.md').split('\n').length).toBeLessThanOrEqual(100)
  })

  test('counts the mutations and their bad lives as docs/proof-mutations.md lists them', () => {
    const [needed = '', covered = ''] = read('docs/proof-mutations.md').split('## Clauses that change nothing alone')
    const bad = found(needed, /^\| [\d–]+ \|(?: [^|]+ \|){4} (\d+) \|/gm).map(Number)
    const sum = bad.reduce((total, count) => total + count, 0).toLocaleString('en')
    const [row = ''] = found(read('PROOF.md'), /^(\| `mutations` \|.*)$/gm)
    expect(row).toMatch(new RegExp(` ${bad.length} of ${bad.length} .* ${sum} `))
    expect(bad.filter(count => count === 0)).toEqual([])
    const coveredBad = found(covered, /^\| \d+ \|(?: [^|]+ \|){4} (\d+) \|/gm)
    expect(new Set(coveredBad)).toEqual(new Set(['0']))
  })
})
