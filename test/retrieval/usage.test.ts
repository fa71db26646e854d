import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { deploy } from './deployment.ts'

/** What the documented query does with lines: the newest revision of each consumer and key. */
function whoUsesWhat(lines: readonly string[]): Record<string, number> {
  const [, query = ''] = /```logql\n(.*?)```/s.exec(readFileSync(join(root, 'docs/monitoring.md'), 'utf8')) ?? []
  const [, text = ''] = /\|= `([^`]+)`/.exec(query) ?? []
  const [, pattern = ''] = /\| regexp `([^`]+)`/.exec(query) ?? []
  expect([text, pattern]).not.toContain('')
  const matcher = new RegExp(pattern.replaceAll('(?P<', '(?<'))
  const newest: Record<string, number> = {}
  for (const line of lines.filter(candidate => candidate.includes(text))) {
    const { consumer, key, revision } = matcher.exec(line)?.groups ?? {}
    const name = `${consumer} ${key}`
    if (consumer !== undefined) newest[name] = Math.max(newest[name] ?? 0, Number(revision))
  }
  return newest
}

test('the query of docs/monitoring.md shows from the log which consumer still uses an old revision of which key', async () => {
  const { ask, publish, publishFor, output, secretId } = await deploy({
    keys: { billing: ['app', 'batch'], mailer: ['app'] },
    env: { CACHE_SECONDS: '0' },
  })
  const path = '/billing'
  await ask({ by: 'app', path })
  publish()
  publishFor('mailer')
  await ask({ by: 'app', path })
  await ask({ by: 'app', path: '/mailer' })
  await ask({ by: 'batch' })
  expect(whoUsesWhat(output().split('\n'))).toEqual({ 'app billing': 1, 'app mailer': 1, 'batch billing': 1 })
  publish()
  await ask({ by: 'app', path, headers: { 'If-None-Match': `"${secretId}.1"` } })
  await ask({ by: 'app', path, headers: { 'If-None-Match': `"${secretId}.2"` } })
  const platformLines = output()
    .split('\n')
    .map(line => `2026-11-01T00:00:00Z stdout: ${line}`)
  expect(whoUsesWhat(platformLines)).toEqual({ 'app billing': 2, 'app mailer': 1, 'batch billing': 1 })
})
