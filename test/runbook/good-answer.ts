import { expect } from 'vitest'
import type { Block } from './document.ts'

/** What a block wrote. */
interface Written {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Expects that the answer is what the runbook shows: the same fields and values. `…` stands for anything in a line, a date for any
 * date, a field `"…"` for more fields, and an item `"…"` for more items.
 */
export function expectGoodAnswer({ answer }: Block, { stdout, stderr }: Written): void {
  if (answer?.language === 'json') expect(JSON.parse(stdout)).toEqual(pattern(JSON.parse(answer.text)))
  if (answer?.language === 'text') expectLines(answer.text, { stdout, stderr })
}

/** Each line of the document is in what was written, in that order. */
function expectLines(documented: string, { stdout, stderr }: Written): void {
  let rest = `${stdout}\n${stderr}`.split('\n').map(line => line.trim())
  for (const line of documented.trimEnd().split('\n')) {
    const form = lineForm(line.trim())
    const found = rest.findIndex(candidate => form.test(candidate))
    expect(found, `a line like "${line}" in:\n${stdout}\n${stderr}`).toBeGreaterThanOrEqual(0)
    rest = rest.slice(found + 1)
  }
}

function pattern(documented: unknown, name = ''): unknown {
  if (name === 'age_days') return expect.any(Number)
  if (Array.isArray(documented)) return listPattern(documented)
  if (typeof documented === 'object' && documented !== null) return objectPattern(documented)
  if (typeof documented !== 'string') return documented
  return isDate.test(documented) ? expect.stringMatching(isDate) : expect.stringMatching(lineForm(documented))
}

function listPattern(documented: readonly unknown[]): unknown {
  const items = documented.filter(item => item !== '…').map(item => pattern(item))
  return items.length === documented.length ? items : expect.arrayContaining(items)
}

function objectPattern(documented: object): unknown {
  const { '…': isOpen, ...fields }: Record<string, unknown> = { '…': undefined, ...documented }
  const patterns = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, pattern(value, name)]))
  return isOpen === undefined ? patterns : expect.objectContaining(patterns)
}

const isDate = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

function lineForm(line: string): RegExp {
  const escaped = line.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`)
}
