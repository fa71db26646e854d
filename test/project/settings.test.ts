import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { currentPage, readSettings } from '../../scripts/settings/read.ts'
import { root } from '../support/built.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const count = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern)).length

describe('docs/settings.md', () => {
  test('is what npm run docs writes', () => {
    expect(read('docs/settings.md')).toBe(currentPage())
  })

  const { sections, outputs, conditions, environment, set } = readSettings()
  const variables = sections.flatMap(section => section.variables)

  test('has every variable with type, default, description and all that its validations refuse', () => {
    const declared = `${read('provider.tf')}\n${read('variables.tf')}`
    expect(variables).toHaveLength(count(declared, /^variable "/gm))
    expect(variables.filter(({ type, default: value, description }) => !type || !value || !description)).toEqual([])
    expect(variables.flatMap(({ refusals }) => refusals)).toHaveLength(count(declared, /^ {2}validation \{/gm))
    expect(variables.filter(({ sensitive }) => sensitive)).toHaveLength(count(declared, /^ {2}sensitive +=/gm))
  })

  test('has every output, and every other condition that stops a plan', () => {
    const declared = read('outputs.tf')
    expect(outputs).toHaveLength(count(declared, /^output "/gm))
    expect(outputs.filter(({ description }) => !description)).toEqual([])
    expect(outputs.filter(({ sensitive }) => sensitive)).toHaveLength(count(declared, /^ {2}sensitive +=/gm))
    const main = read('main.tf')
    const rules = count(main, /^ {4}".+" = /gm)
    const ofRules = count(main, /^ +error_message += join\("\\n", local\.broken_\w+\)$/gm)
    expect([rules > 0, ofRules]).toEqual([true, 2])
    expect(conditions).toHaveLength(count(main, /^ {4}(?:pre|post)condition \{/gm) - ofRules + rules)
  })

  test('has exactly the environment variables that Terraform sets, and the level of the log', () => {
    const described = environment.map(({ name }) => name)
    expect(described.toSorted()).toEqual([...set.map(({ name }) => name), 'LOG_LEVEL'].sort())
    expect(set.filter(({ secret }) => secret)).toHaveLength(5)
  })

  test('says of every environment variable what it must be', () => {
    const forms = environment.flatMap(({ forms }) => forms)
    expect(forms.filter(({ expected }) => !/^(an? |one of |true or |whsec_)/.test(expected))).toEqual([])
  })
})
