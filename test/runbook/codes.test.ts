import { expect, test } from 'vitest'
import { closedCodes, writtenCodes } from '../support/codes.ts'
import { codesInTables, linksAndAnchors } from './document.ts'

test('every problem, refusal and error word of both functions has a place in the runbook', () => {
  const inRunbook = new Set(codesInTables())
  const missing = [...closedCodes, ...writtenCodes()].filter(code => !inRunbook.has(code))
  expect([...new Set(missing)]).toEqual([])
})

test('every word in the tables of the runbook is one that a function says', () => {
  const known = new Set([...closedCodes, ...writtenCodes(), 'error'])
  expect(codesInTables().filter(code => !known.has(code))).toEqual([])
})

test('every link inside the runbook leads to a heading', () => {
  const { links, anchors } = linksAndAnchors()
  expect(links.filter(link => !anchors.includes(link))).toEqual([])
  expect(links.length).toBeGreaterThan(20)
})
