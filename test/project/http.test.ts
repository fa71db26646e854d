import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerByName } from '../../functions/rotation/http/by-name.ts'
import { HttpError } from '../../functions/shared/http-error.ts'
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

/** The error word of an answer about several keys, whose status is the highest of theirs. */
function ofSeveral(): unknown {
  const refused = (status: number) => ({ error: new HttpError({ status, code: 'refused', message: 'Refused.' }) })
  const { status, body } = answerByName(new Map([409, 404].map(status => [`key-${status}`, refused(status)])))
  expect(status).toBe(409)
  return body.error
}

describe('docs/http.md', () => {
  test('has one row for each error of either function, with its status and who says it', () => {
    const { rotation, retrieval } = answeredErrors()
    const says = ({ code, status }: (typeof rotation)[number]) => {
      const by = [rotation, retrieval].map(errors => errors.some(e => e.code === code && e.status === status))
      return by.every(Boolean) ? 'both' : by[0] ? 'rotation' : 'retrieval'
    }
    const said = [...rotation, ...retrieval].map(error => `${error.code} ${error.status} ${says(error)}`)
    const rows = rowsUnder('Error codes').map(([code, status, by]) => `${codesIn(code)} ${status} ${by}`)
    expect(rows.toSorted()).toEqual([...new Set([...said, `${ofSeveral()} the highest rotation`])].sort())
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
    // What stands behind these is an error word, or only compared with.
    const form = /(?<!\berror: |\bcode === )'([a-z]+(?:-[a-z]+)+)'/g
    const reasons = new Set(['recent', ...Array.from(source.matchAll(form), ([, word = '']) => word)])
    const rows = rowsUnder('Reasons of an answer without a rotation').flatMap(([code]) => codesIn(code))
    expect(rows.toSorted()).toEqual([...reasons].sort())
  })
})
