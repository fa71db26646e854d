import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'

/** The slowest start of a container that is known: docs/scaleway.md#instances. */
const longestColdStartSeconds = 61.6

/** Where an example declares the limit of a request to retrieval, and that of its start. */
const declarations: readonly { readonly file: string; readonly request?: RegExp; readonly start?: RegExp }[] = [
  { file: 'node/app.ts', request: /'TIMEOUT_SECONDS', ([\d_]+)\)/, start: /'START_SECONDS', ([\d_]+)\)/ },
  { file: 'node/ask-retrieval.ts', request: /timeoutMs = ([\d_]+),/ },
  { file: 'node/rotated-key.ts', start: /startMs: ([\d_]+),/ },
  { file: 'python/app.py', request: /"TIMEOUT_SECONDS", ([\d_]+)\)/, start: /"START_SECONDS", ([\d_]+)\)/ },
  {
    file: 'python/rotated_key.py',
    request: /timeout_seconds: float = ([\d_]+),/,
    start: /start_seconds: float = ([\d_]+),/,
  },
  { file: 'shell/rotated-key.sh', request: /TIMEOUT_SECONDS:=([\d_]+)\}/, start: /START_SECONDS:=([\d_]+)\}/ },
  { file: 'github-actions/use-rotated-key.yaml', request: /--max-time ([\d_]+) --retry/ },
]

const requestSeconds = secondsIn('README.md', /\| `TIMEOUT_SECONDS` \| (\d+) \|/)
const startSeconds = secondsIn('README.md', /\| `START_SECONDS` \| (\d+) \|/)

test('the limits of the page fit a cold start, that of the start also a second one', () => {
  expect(requestSeconds).toBeGreaterThan(longestColdStartSeconds)
  expect(startSeconds).toBeGreaterThan(2 * requestSeconds)
})

test.each(declarations)('$file has the limits of the page', ({ file, request, start }) => {
  if (request !== undefined) expect(secondsIn(file, request)).toBe(requestSeconds)
  if (start !== undefined) expect(secondsIn(file, start)).toBe(startSeconds)
})

/** The number at a place in an example, in seconds; a number of thousands is milliseconds. */
function secondsIn(file: string, place: RegExp): number {
  const number = Number(place.exec(readFileSync(join(root, 'examples', file), 'utf8'))?.[1]?.replaceAll('_', ''))
  return number < 1000 ? number : number / 1000
}
