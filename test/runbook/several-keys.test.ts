import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Deployment, startDeployment } from '../commands/smoke/deployment.ts'
import { root } from '../support/built.ts'
import { runToEnd } from '../terraform/command.ts'
import { linkTools } from './tools.ts'

let folder: string
let deployment: Deployment
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-several-'))
  deployment = await startDeployment({}, { consumersByKey: { billing: ['billing-app'], mailer: ['mailer-app'] } })
  const tools = await linkTools(join(folder, 'tools'))
  const outputs = await deployment.write(deployment.outputs)
  await writeFile(join(tools, 'terraform'), `#!/bin/sh\ncat '${outputs}'\n`)
  await chmod(join(tools, 'terraform'), 0o755)
})
afterAll(async () => {
  await deployment.close()
  await rm(folder, { recursive: true, force: true })
})

test('the helpers act on the key that KEY_NAME names and on no other, and without it show all', async () => {
  const { cloud, ids } = deployment
  const acting = await helpers(
    `rotation -d '{"action": "rotate"}'; retrieval; scaleway GET "$secret/versions" | rows status`,
    {
      KEY_NAME: 'mailer',
      SCW_SECRET_KEY: cloud.owner.secretKey,
      SCW_API_URL: deployment.scalewayUrl,
    },
  )
  expect(acting.stdout).toMatch(/"rotated": true,.*"API_KEY": "SCW\w{17}",\n {2}"SECRET_KEY": "…"\n}\nenabled\n$/s)
  expect(acting.stderr.split('\n').slice(1)).toEqual([
    'The key mailer:',
    'HTTP 200',
    'The key mailer:',
    'HTTP 200',
    'The key mailer:',
    'HTTP 200',
    '',
  ])
  expect(ids.keys.map(({ secretId }) => cloud.secrets.versions(secretId).length)).toEqual([0, 1])

  const looking = await helpers(`rotation; rotation -d '{"action": "rotate"}'`)
  expect(looking.stdout).toMatch(/"unhealthy": \[\n {4}"billing"\n {2}\],.*"error": "key-not-named",/s)
  expect(looking.stderr).toMatch(/^Ready: .*\nThere are several keys \(billing, mailer\): .*\nHTTP 503\nHTTP 400\n$/)
})

/** Runs helpers as a person in the folder of the deployment would. */
function helpers(script: string, env: Record<string, string> = {}) {
  const source = `. '${root}scripts/runbook.sh'`
  return runToEnd('bash', ['-euc', `${source}; ${script}`], { folder, env: { PATH: join(folder, 'tools'), ...env } })
}
