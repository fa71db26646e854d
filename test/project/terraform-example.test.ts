import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

const declarations = `${read('provider.tf')}\n${read('variables.tf')}`

/** Every variable with its default as it is written there. */
const defaults = new Map(
  [...declarations.matchAll(/^variable "(\w+)" \{.*?^ {2}default +=\s(.+?)$.*?^\}/gms)].map(
    ([, name = '', preset = '']) => [name, preset],
  ),
)

/** Every setting that `terraform.tfvars.example` shows, commented out, with its value as it is written there. */
const shown = [...read('terraform.tfvars.example').matchAll(/^# (\w+) +=\s(.+?)(?: +#.*)?$/gm)].map(
  ([, name = '', value = '']) => ({ name, value }),
)

describe('terraform.tfvars.example', () => {
  it('shows each variable once, and no other', () => {
    expect(shown.map(({ name }) => name).sort()).toEqual([...defaults.keys()].sort())
  })

  it('shows the default of each variable that has one', () => {
    const withDefault = shown.filter(({ name }) => defaults.get(name) !== 'null')
    expect(withDefault).toEqual(withDefault.map(({ name }) => ({ name, value: defaults.get(name) })))
  })
})

describe('the variables', () => {
  it('have a default each, so that a deployment needs none of them', () => {
    const declared = [...declarations.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name)
    expect([...defaults.keys()]).toEqual(declared)
  })
})
