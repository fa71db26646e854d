import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { actionReasons, answeredErrors, problemCodes } from '../support/codes.ts'

const text = readFileSync(join(root, 'docs/http.md'), 'utf8')
const codesIn = (cell = '') => Array.from(cell.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g), ([, code = '']) => code)

/** The rows of the table under a heading, cell by cell, without its head. */
function rowsUnder(heading: string): string[][] {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading}\n`, 'm'))
  const [, table = ''] = /\n((?:\|.*\n)+)/.exec(after) ?? []
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map(row => row.split('|').map(cell => cell.trim()))
    .map(([, ...cells]) => cells)
}

describe('docs/http.md', () => {
  test('has one row for each error of either function, with its status and who says it', () => {
    const { rotation, retrieval } = answeredErrors()
    const says = (code: string) => {
      const by = [rotation, retrieval].map(errors => errors.some(error => error.code === code))
      return by.every(Boolean) ? 'both' : by[0] ? 'rotation' : 'retrieval'
    }
    const said = [...rotation, ...retrieval].map(({ code, status }) => `${code} ${status} ${says(code)}`)
    const rows = rowsUnder('Error codes').map(([code, status, by]) => `${codesIn(code)} ${status} ${by}`)
    expect(rows.toSorted()).toEqual([...new Set(said)].sort())
  })

  test('has one row for each problem of the status, and no other', () => {
    const rows = rowsUnder('The status').flatMap(([code]) => codesIn(code))
    expect(rows.toSorted()).toEqual(problemCodes.toSorted())
  })

  test('gives each action the reasons that it has, and no other', () => {
    const rows = rowsUnder('Actions and their reasons').map(([kind, , reasons]) => [
      codesIn(kind).join(),
      codesIn(reasons).sort(),
    ])
    const said = Object.entries(actionReasons).map(([kind, reasons]) => [kind, reasons.toSorted()])
    expect(rows).toEqual(said)
  })

  test('has one row for each reason that an answer gives for no rotation', () => {
    const source = readFileSync(join(root, 'functions/rotation/http/answer.ts'), 'utf8')
    const written = Array.from(source.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g), ([, word = '']) => word)
    const reasons = new Set(['recent', ...written.filter(word => word !== 'revision-missing')])
    const rows = rowsUnder('Reasons of an answer without a rotation').flatMap(([code]) => codesIn(code))
    expect(rows.toSorted()).toEqual([...reasons].sort())
  })
})
