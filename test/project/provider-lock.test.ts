import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'

const read = (file: string) => readFile(join(root, file), 'utf8')

test('the locked provider is the one of versions.tf, in a version that its constraint allows', async () => {
  const [, source, constraint] = /source += "(.+)"\n +version += "(.+)"/.exec(await read('versions.tf')) ?? []
  const lock = await read('.terraform.lock.hcl')
  expect(lock.match(/^provider .*/gm)).toEqual([`provider "registry.terraform.io/${source}" {`])
  expect(lock).toContain(`constraints = "${constraint}"`)
  const least =
    /^~> (\d+)\.(\d+)$/
      .exec(constraint ?? '')
      ?.slice(1)
      .map(Number) ?? []
  const locked = /version += "(\d+)\.(\d+)\.\d+"/.exec(lock)?.slice(1).map(Number) ?? []
  expect(locked[0]).toBe(least[0])
  expect(locked[1]).toBeGreaterThanOrEqual(least[1] ?? Number.NaN)
})

test('the lock has no hash of a copy alone, because with one every other copy is refused', async () => {
  const lock = await read('.terraform.lock.hcl')
  expect(!lock.includes('"h1:') || lock.includes('"zh:')).toBe(true)
})
