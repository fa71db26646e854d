import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { deploy } from './deployment.ts'

/** What the documented query does with lines: the newest revision of each consumer. */
function whoUsesWhat(lines: readonly string[]): Record<string, number> {
  const [, query = ''] = /```logql\n(.*?)```/s.exec(readFileSync(join(root, 'docs/monitoring.md'), 'utf8')) ?? []
  const [, text = ''] = /\|= `([^`]+)`/.exec(query) ?? []
  const [, pattern = ''] = /\| regexp `([^`]+)`/.exec(query) ?? []
  expect([text, pattern]).not.toContain('')
  const matcher = new RegExp(pattern.replaceAll('(?P<', '(?<'))
  const newest: Record<string, number> = {}
  for (const line of lines.filter(candidate => candidate.includes(text))) {
    const { consumer, revision } = matcher.exec(line)?.groups ?? {}
    if (consumer !== undefined) newest[consumer] = Math.max(newest[consumer] ?? 0, Number(revision))
  }
  return newest
}

test('the query of docs/monitoring.md shows from the log which consumer still uses an old revision', async () => {
  const { ask, publish, output, secretId } = await deploy({
    keys: { default: ['app', 'batch'] },
    env: { CACHE_SECONDS: '0' },
  })
  await ask({ by: 'app' })
  publish()
  await ask({ by: 'app' })
  await ask({ by: 'batch' })
  expect(whoUsesWhat(output().split('\n'))).toEqual({ app: 1, batch: 1 })
  publish()
  await ask({ by: 'app', headers: { 'If-None-Match': `"${secretId}.1"` } })
  await ask({ by: 'app', headers: { 'If-None-Match': `"${secretId}.2"` } })
  const platformLines = output()
    .split('\n')
    .map(line => `2026-11-01T00:00:00Z stdout: ${line}`)
  expect(whoUsesWhat(platformLines)).toEqual({ app: 2, batch: 1 })
})
