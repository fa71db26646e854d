import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { run } from '../support/command.ts'

const page = await readFile(join(root, 'docs/deploy.md'), 'utf8')
const [, block = ''] = /^```sh\n(field\(\).*?)^```$/ms.exec(page) ?? []

/** A stand-in for the CLI: notes its arguments, a line for each call, and answers JSON with the fields that the CLI gives. */
const scw = `#!/usr/bin/env node
const { appendFileSync } = require('node:fs')
const words = process.argv.slice(2)
appendFileSync(process.env.CALLS, JSON.stringify(words) + '\\n')
const made = { id: words[0] + '-' + words[1], organization_id: 'org' }
const key = { access_key: 'SCWDEPLOYER', secret_key: 'the-secret-key' }
if (words.includes('-o')) console.log(JSON.stringify(words[1] === 'api-key' ? key : made, null, 2))
`

/** Shows what Terraform reads. */
const shown = 'echo "$SCW_ACCESS_KEY $SCW_SECRET_KEY $SCW_DEFAULT_PROJECT_ID $SCW_DEFAULT_ORGANIZATION_ID"'

/** The sets of the page's table with one scope, in its order. */
const setsOf = (scope: string) =>
  Array.from(page.matchAll(new RegExp(`^\\| \`(\\w+)\` \\| ${scope} \\|`, 'gm')), ([, set]) => set)

test('the commands for the scw CLI give the deploying key the sets of the table, each for its scope, and show no key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scw-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'scw'), scw)
  await chmod(join(folder, 'scw'), 0o755)
  const calls = join(folder, 'calls')
  const PATH = [folder, process.env.PATH].join(delimiter)
  const pasted = run(['bash', '-euc', `${block}${shown} > "$SET"`], {
    PATH,
    CALLS: calls,
    SET: join(folder, 'set'),
  })
  onTestFinished(pasted.end)
  expect([await pasted.exitCode, pasted.stdout(), pasted.stderr()]).toEqual([0, '', ''])
  const policy = (await readFile(calls, 'utf8')).split('\n').find(line => line.includes('"policy"')) ?? ''
  const setsIn = (rule: number) =>
    Array.from(
      policy.matchAll(new RegExp(`rules\\.${rule}\\.permission-set-names\\.\\d=(\\w+)`, 'g')),
      ([, set]) => set,
    )
  expect([setsIn(0), setsIn(1)]).toEqual([setsOf('organization'), setsOf('project')])
  expect(JSON.parse(policy)).toEqual(
    expect.arrayContaining([
      'application-id=iam-application',
      'rules.0.organization-id=org',
      'rules.1.project-ids.0=account-project',
    ]),
  )
  expect(await readFile(join(folder, 'set'), 'utf8')).toBe('SCWDEPLOYER the-secret-key account-project org\n')
})
