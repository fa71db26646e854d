import { expect, test } from 'vitest'
import type { Bar, Lane } from '../../../scripts/page/picture.ts'
import { isStairs, placeLanes } from '../../../scripts/page/view/time-line/rows.ts'

const room = { fromMs: 0, toMs: 1_000, mostRows: 6 }

test('the keys of one lane are stairs: each has a row of its own, and what is planned comes below', () => {
  const lanes = placeLanes([lane('default', [bar(0, 100), bar(90, 200), bar(190, null)], true)], room)
  expect(isStairs(lanes)).toBe(true)
  expect(lanes[0]?.placed.map(({ bar, row }) => [bar?.createdAt ?? 'to come', row])).toEqual([
    [0, 0],
    [90, 1],
    [190, 2],
    ['to come', 3],
  ])
})

test('several lanes share their rows as soon as one is free, and no two keys of a row meet', () => {
  const lives = Array.from({ length: 12 }, (_, index) => bar(index * 80, index === 11 ? null : index * 80 + 95))
  const lanes = placeLanes([lane('billing', lives), lane('mailer', [bar(0, null)])], room)
  expect(isStairs(lanes)).toBe(false)
  expect(lanes.map(({ rows }) => rows)).toEqual([2, 1])
  const [placed = []] = lanes.map(billing => billing.placed)
  for (const one of placed) {
    const beside = placed.filter(other => other !== one && other.row === one.row)
    expect(beside.filter(other => other.from < one.to && one.from < other.to)).toEqual([])
  }
})

test('one lane with more keys than rows shares them too', () => {
  const lives = Array.from({ length: 10 }, (_, index) => bar(index * 80, index * 80 + 95))
  const lanes = placeLanes([lane('default', lives)], room)
  expect([isStairs(lanes), lanes[0]?.rows]).toEqual([false, 2])
})

test('a key that ended before what is shown takes no row', () => {
  const [only] = placeLanes([lane('default', [bar(0, 10), bar(10, null)])], { ...room, fromMs: 50 })
  expect(only?.placed.map(({ bar }) => bar?.createdAt)).toEqual([10])
})

function bar(createdAt: number, endedAt: number | null): Bar {
  const phases = [{ from: createdAt, kind: 'served' }] as const
  return { accessKey: `SCW${createdAt}`, revision: 1, createdAt, endedAt, endedBy: null, expiresAt: null, phases }
}

function lane(name: string, bars: readonly Bar[], isPlanned = false): Lane {
  const ghost = { accessKey: null, from: 300, to: 400, kind: 'served', label: 'the next key' } as const
  return { name, bars, ghosts: isPlanned ? [ghost] : [], calls: [] }
}
