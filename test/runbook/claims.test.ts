import { expect, test } from 'vitest'
import { commandsInSentences, readBlocks } from './document.ts'
import { rotationJourneys } from './rotation-journeys.ts'
import { scalewayJourneys } from './scaleway-journeys.ts'
import { mildJourneys } from './terraform-journeys.ts'
import { upheavals } from './upheavals.ts'

test('each command block of the runbook is run by exactly one test', () => {
  const journeys = [...rotationJourneys, ...scalewayJourneys, ...mildJourneys, ...upheavals]
  const claimed = journeys.map(({ block }) => block)
  const blocks = readBlocks().map(({ name }) => name)
  expect(claimed.toSorted()).toEqual(blocks.toSorted())
})

test('a command inside a sentence of the runbook stands in a block as well', () => {
  const all = readBlocks()
    .map(({ code }) => code)
    .join('\n')
  const found = commandsInSentences()
  expect(found.filter(command => !all.includes(command))).toEqual([])
  expect(found.length).toBeGreaterThan(5)
})
