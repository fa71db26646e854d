import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/built.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const names = (text: string, pattern: RegExp) => Array.from(text.matchAll(pattern), ([, name = '']) => name)

const variables = read('variables.tf')
const module = ['main.tf', 'outputs.tf'].map(read).join('')
const [, call = ''] = /^module "key_rotation" \{\n(.*?)^\}$/ms.exec(read('examples/complete/main.tf')) ?? []

describe('examples/complete', () => {
  test('sets every variable once that the module reads; the others are for the provider of a clone', () => {
    const readByModule = names(variables, /^variable "(\w+)"/gm).filter(name => module.match(`var\\.${name}\\b`))
    const [source, ...set] = names(call, /^ {2}(\w+) +=\s/gm)
    expect(source).toBe('source')
    expect(set.sort()).toEqual(readByModule.sort())
  })

  test('asks for the Terraform and the provider that the module asks for', () => {
    const versions = (path: string) => names(read(path), /^ +(?:required_)?version += ("[^"]+")/gm)
    expect(versions('examples/complete/main.tf')).toEqual(versions('versions.tf'))
  })

  test('shows all that a key may say for itself, and a key that says it alone', () => {
    const attributes = names(variables, /^ {4}(\w+) += optional\(/gm)
    expect(attributes.length).toBeGreaterThan(10)
    expect(new Set(names(call, /^ {6}(\w+) +=\s/gm))).toEqual(new Set(attributes))
  })

  test('passes on, by its name, every output that several keys have, for smoke, status and the commands among them', () => {
    const outputs = Array.from(read('outputs.tf').matchAll(/^output "(\w+)" \{\n {2}description = "(.*)"$/gm))
    const ofOneKey = /null with several keys|with several keys null/i
    const wanted = outputs.flatMap(([, name = '', description = '']) => (ofOneKey.test(description) ? [] : [name]))
    expect(wanted).toContain('rotation_url')
    expect(names(read('examples/complete/main.tf'), /^output "(\w+)"/gm).sort()).toEqual(wanted.sort())
  })
})
