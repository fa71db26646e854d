import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createIdentities } from '../../scripts/local/identities.ts'
import { functionSettings, timeoutSeconds } from '../../scripts/local/settings.ts'
import { startFunction } from '../fake-scaleway/functions/function-process.ts'
import { startGateway } from '../fake-scaleway/functions/gateway.ts'
import { createScaleway, serve } from '../fake-scaleway/index.ts'
import { builtZips, root } from '../support/built.ts'

// Prometheus' own readers, which .ci/run builds where it finds Go.
const reader = process.env.PROMETHEUS_READER ?? ''
if (reader === '')
  process.stdout.write(
    'Skipped: PROMETHEUS_READER names no program made of test/support/prometheus (test/README.md).\n',
  )

const configForm = v.object({
  scrape_configs: v.tuple([
    v.object({
      metrics_path: v.string(),
      authorization: v.object({ credentials_file: v.string() }),
      http_headers: v.record(v.string(), v.object({ files: v.array(v.string()) })),
    }),
  ]),
})

let documented: { config: string; rules: string }

beforeAll(async () => {
  const text = await readFile(join(root, 'docs/monitoring.md'), 'utf8')
  const blocks = Array.from(text.matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, block = '']) => block)
  expect(blocks).toHaveLength(2)
  const [config = '', rules = ''] = blocks
  documented = { config, rules }
})

describe.skipIf(reader === '')('Prometheus itself', () => {
  test('reads every sample of the built function, scraped through its private gateway as documented', async () => {
    await using deployment = await startDeployment()
    const [{ metrics_path: path, http_headers: headers }] = v.parse(configForm, parse(documented.config)).scrape_configs
    const key = deployment.monitorKey
    const sent = [['Authorization', `Bearer ${key}`], ...Object.keys(headers).map(name => [name, key])]
    const answer = await fetch(deployment.url + path, { headers: Object.fromEntries(sent) })
    const text = await answer.text()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ])
    const lines = read('metrics', text).trim().split('\n')
    const samples = lines.map(line => v.parse(sampleForm, JSON.parse(line)))
    expect(samples).toHaveLength(text.split('\n').filter(line => /^\w/.test(line)).length)
    const ofKey = samples.filter(({ labels }) => labels.key === 'default').map(({ labels }) => labels.__name__)
    expect(ofKey).toContain('key_rotation_served_end_timestamp_seconds')
    expect(samples).toContainEqual({ labels: { __name__: 'key_rotation_healthy' }, value: 1 })
  })

  test('takes the documented configuration and alert rules, which name what is measured', async () => {
    read('config', documented.config)
    expect(read('rules', documented.rules).trim().split('\n')).toHaveLength(6)
  })

  test('refuses text that is cut off, an unknown setting, and a rule that is none', () => {
    expect(() => read('metrics', 'key_rotation_healthy 1\n')).toThrow()
    expect(() => read('config', documented.config.replace('http_headers', 'http_header'))).toThrow()
    expect(() => read('rules', documented.rules.replace('max by', 'most by'))).toThrow()
  })
})

test('the documented alert rules name measurements that there are', async () => {
  const source = await readFile(join(root, 'functions/rotation/status/metrics.ts'), 'utf8')
  const names = new Set(Array.from(documented.rules.matchAll(/key_rotation_(\w+)/g), ([, name = '']) => name))
  expect(names.size).toBeGreaterThan(4)
  expect([...names].filter(name => !source.includes(`'${name}'`))).toEqual([])
})

const sampleForm = v.object({ labels: v.record(v.string(), v.string()), value: v.number() })

/** Gives what Prometheus' reader prints. Throws for what it refuses. */
function read(what: 'metrics' | 'rules' | 'config', input: string): string {
  const { status, stdout, stderr } = spawnSync(reader, [what], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** The built rotation behind a private gateway, with its first key published. */
async function startDeployment() {
  const cloud = createScaleway({ seed: 1 })
  const identities = createIdentities(cloud)
  const server = await serve(cloud)
  const settings = functionSettings({ scaleway: cloud, scalewayUrl: server.url, identities })
  const rotation = await startFunction({ zip: (await builtZips()).rotation, env: settings.rotation })
  const gateway = await startGateway({
    functionUrl: rotation.url,
    privacy: 'private',
    authority: cloud,
    projectId: cloud.projectId,
    timeoutSeconds: timeoutSeconds.rotation,
    maxScale: 1,
  })
  const operator = {
    'X-Auth-Token': identities.operator.secretKey,
    Authorization: `Bearer ${identities.operator.secretKey}`,
  }
  const first = await fetch(gateway.url, { method: 'POST', headers: operator })
  expect(first.status).toBe(200)
  return {
    url: gateway.url,
    monitorKey: identities.monitor.secretKey,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await rotation.stop()
      await server.close()
    },
  }
}
