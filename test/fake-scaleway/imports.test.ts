import { readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = dirname(fileURLToPath(import.meta.url))

test('the local Scaleway imports nothing of ours from outside its folder, so it shares no wrong assumption with the functions', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    /(?<!\.test)\.m?[jt]s$/.test(file),
  )
  const outside = files.flatMap(file => {
    const path = resolve(folder, file)
    const imports = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)
    return Array.from(imports, ([, target = '']) => resolve(dirname(path), target))
      .filter(target => !target.startsWith(folder + sep))
      .map(target => `${file} imports ${target}`)
  })
  expect(files.length).toBeGreaterThan(40)
  expect(outside).toEqual([])
})
