import { expect, test } from 'vitest'
import { commandsInSentences, readBlocks } from './document.ts'
import { rotationJourneys } from './rotation-journeys.ts'
import { scalewayJourneys } from './scaleway-journeys.ts'
import { severalKeysJourneys } from './several-keys-journeys.ts'
import { mildJourneys } from './terraform-journeys.ts'
import { upheavals } from './upheavals.ts'

test('each command block of the runbook is run by exactly one test', () => {
  const journeys = [...rotationJourneys, ...severalKeysJourneys, ...scalewayJourneys, ...mildJourneys, ...upheavals]
  const claimed = journeys.map(({ block }) => block)
  const blocks = readBlocks().map(({ name }) => name)
  expect(claimed.toSorted()).toEqual(blocks.toSorted())
})

test('a block for which a URL and a token are enough is run with nothing else', () => {
  const byHolder = readBlocks().filter(({ needs }) => needs === 'token')
  const runWithoutTerraform = [...rotationJourneys, ...severalKeysJourneys, ...scalewayJourneys].map(
    ({ block }) => block,
  )
  expect(byHolder.map(({ name }) => name).filter(name => !runWithoutTerraform.includes(name))).toEqual([])
  expect(byHolder.length).toBeGreaterThan(10)
})

test('a command inside a sentence of the runbook is part of a block as well', () => {
  const all = readBlocks()
    .map(({ code }) => code)
    .join('\n')
  const found = commandsInSentences()
  expect(found.filter(command => !all.includes(command))).toEqual([])
  expect(found.length).toBeGreaterThan(5)
})
