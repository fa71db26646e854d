import { describe, expect, test } from 'vitest'
import {
  describeKey,
  describeVersion,
  readKeyMarker,
  readVersionMarker,
} from '../../functions/rotation/plan/markers.ts'
import { accessKey } from '../support/worlds.ts'

const at = new Date('2026-06-15T23:59:59Z')
const secretId = '11111111-1111-4111-8111-111111111111'
const otherId = '22222222-2222-4222-8222-222222222222'
const runId = '33333333-3333-4333-8333-333333333333'
const marker = { accessKey: accessKey('A'), runId, compromise: false }

describe('the description of a key', () => {
  const description = describeKey({ secretId, runId }, at)

  test('names the product, the secret, the run and the day', () => {
    expect(description).toBe(`api-key-rotation v1 secret=${secretId} run=${runId} on=2026-06-15`)
  })

  test('is read back for its own secret, and for no other', () => {
    expect(readKeyMarker(description, secretId)).toEqual({ secretId, runId })
    expect(readKeyMarker(description, otherId)).toBeNull()
  })

  test.each([
    '',
    'api-key-rotation v1',
    `${description} edited`,
    `edited ${description}`,
    description.replace('v1', 'v2'),
    description.replace(runId, 'a-run'),
    description.replace('2026-06-15', 'today'),
  ])('is not ours if it says "%s"', text => {
    expect(readKeyMarker(text, secretId)).toBeNull()
  })
})

describe('the description of a version', () => {
  const description = describeVersion(marker, at)
  const flagged = describeVersion({ ...marker, compromise: true }, at)

  test('names the product, the access key, the run and the day, and the leak that it replaces', () => {
    expect(description).toBe(`api-key-rotation v1 key=${accessKey('A')} run=${runId} on=2026-06-15`)
    expect(flagged).toBe(`${description} flag=compromise`)
  })

  test('is read back with and without the flag', () => {
    expect(readVersionMarker(description)).toEqual(marker)
    expect(readVersionMarker(flagged)).toEqual({ ...marker, compromise: true })
  })

  test.each([
    '',
    'api-key-rotation v1',
    `${description} edited`,
    `edited ${description}`,
    `${description} flag=other`,
    `${flagged} flag=compromise`,
    description.replace(accessKey('A'), 'SCWSHORT'),
    description.replace(' on=2026-06-15', ''),
  ])('is not ours if it says "%s"', text => {
    expect(readVersionMarker(text)).toBeNull()
  })
})
