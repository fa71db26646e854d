import { expect, test } from 'vitest'
import { chance } from '../harness/chance.ts'
import { createStage } from '../harness/stage.ts'
import { malformedRetrieval } from './malformed-retrieval.ts'
import { judgeAnswer, malformedRotation } from './malformed-rotation.ts'
import { malformedWire } from './malformed-wire.ts'
import { mutations } from './mutated-answers.ts'
import { upstreamMarker } from './mutated-fields.ts'

test.each([4, 5, 6])('a journey that meets a malformed answer violates no invariant (seed %i)', async seed => {
  expect(await malformedRotation('first rotation', 10, seed)).toMatchObject({ wrong: [] })
})

test('a journey that meets malformed bytes violates no invariant', async () => {
  expect(await malformedWire('hourly run that retires', 5, 11)).toMatchObject({ wrong: [] })
})

test('retrieval that meets malformed answers reports them, and gives the key again after them', async () => {
  const lives = await malformedRetrieval(8, 3)
  expect(lives).toHaveLength(8)
  expect(lives.filter(({ wrong }) => wrong.length > 0)).toEqual([])
})

const body = JSON.stringify({
  versions: [{ revision: 1, status: 'enabled', created_at: '2026-03-01' }],
  total_count: 1,
})
const truth = { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body } as const

test('every mutation changes the answer, and the same seed changes it in the same way', () => {
  for (const { name, mutate } of mutations) {
    const bad = () => {
      const { status, headers, body: bytes } = mutate(truth, chance(5))
      return `${status} ${JSON.stringify(headers)} ${bytes.toString('latin1')}`
    }
    expect(bad(), name).toBe(bad())
    expect(bad(), name).not.toBe(`200 ${JSON.stringify(truth.headers)} ${body}`)
  }
})

test.each([
  [502, { error: 'upstream-unreadable', message: 'x' }, []],
  [200, { unfinished: {} }, []],
  [200, {}, ['answered 200 to an unusable answer']],
  [500, { error: 'internal-error' }, ['answered 500 internal-error', 'answered 500 to an unusable answer']],
  [
    502,
    { error: 'upstream-unreadable' },
    ['answered 502 upstream-unreadable', expect.stringContaining('an unusable answer')],
  ],
])('an answer is checked: %i %j', (status, answer, wrong) => {
  const hit = { operation: 'secrets.createVersion', mutation: { ...mutations[0], isUseless: true } }
  expect(judgeAnswer(createStage({ seed: 1 }), { status, body: answer, tookMs: 1 }, hit)).toEqual(wrong)
})

test('text of an upstream answer in the log, and a run that takes too long, are found', () => {
  const stage = createStage({ seed: 1 })
  stage.lines.push(`{"msg":"${upstreamMarker}"}`)
  const answered = { status: 502, body: { error: 'x', message: 'x' }, tookMs: 1_000_000 }
  expect(judgeAnswer(stage, answered, { operation: '', mutation: mutations[0] })).toEqual([
    'text of the upstream answer is disclosed',
    'it took 1000000 ms',
  ])
})
