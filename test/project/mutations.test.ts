import { transform } from 'esbuild'
import { expect, test } from 'vitest'
import { withBundle } from '../proofs/mutations/bundle.ts'
import { mutations } from '../proofs/mutations/list.ts'
import { live } from '../proofs/mutations/live.ts'
import { changedBy, mutated } from '../proofs/mutations/mutation.ts'

test('every mutation of the list changes text that occurs once in its file, and the result parses', async () => {
  for (const changed of mutations.flatMap(changedBy)) {
    const text = await mutated(changed)
    await expect(transform(text, { loader: 'ts' }), changed.name).resolves.toBeDefined()
  }
})

test('every mutation has a name of its own', () => {
  const names = mutations.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('a text that does not occur once in its file is an error that names the mutation', async () => {
  const edits = [{ find: 'const', replace: 'let' }] as const
  const often = mutated({ name: 'often', file: 'rotation/plan/policy.ts', edits })
  await expect(often).rejects.toThrow('The mutation "often" is out of date')
})

test('a consumer is refused if a run deletes the key whose publication had a lost answer', async () => {
  const mutation = mutations.find(({ name }) => name === 'undo a lost answer')
  const series = { scenario: 'a lost publication', firstSeed: 1, count: 10, untilBad: true } as const
  expect(mutation).toBeDefined()
  const lives = await withBundle(mutation, bundle => live(bundle, series))
  expect(lives.at(-1)?.violations.map(({ invariant }) => invariant)).toContain('no consumer is refused')
})
