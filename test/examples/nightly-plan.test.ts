import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../support/built.ts'
import { run } from '../support/command.ts'

const workflowForm = v.object({
  jobs: v.object({ plan: v.object({ steps: v.array(v.looseObject({ run: v.optional(v.string()) })) }) }),
})
const file = await readFile(join(root, 'examples/github-actions/nightly-plan.yaml'), 'utf8')
const script = v.parse(workflowForm, parse(file)).jobs.plan.steps.at(-1)?.run ?? ''

/** What the plans with the real provider print of a check that fails: test/terraform/settings.provider.ts reads it there. */
const aged = 'Warning: Check block assertion failed\n\nkeys.default: the newest key is older than max_key_age_days (35)'
const ofTheProvider = 'Warning: Multiple variable sources detected, please make sure the right credentials are used'

test.each([
  ['is empty', 0, 'No changes.', undefined],
  ['is empty while the provider warns', 0, ofTheProvider, undefined],
  ['warns of a key', 0, aged, 'The plan is empty, and warns of a key'],
  ['would change something', 2, 'Plan: 1 to add', 'The plan is not empty'],
  ['fails', 1, 'Error: no credentials', 'The plan failed.'],
])('a plan that %s is shown, and ends the nightly job accordingly', async (_, code, printed, error) => {
  const folder = await mkdtemp(join(tmpdir(), 'nightly-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(
    join(folder, 'terraform'),
    '#!/bin/sh\necho "$*" > "$RUNNER_TEMP/asked"\necho "$PRINTED"\nexit "$CODE"\n',
  )
  await chmod(join(folder, 'terraform'), 0o755)
  const step = run(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    PATH: [folder, process.env.PATH].join(delimiter),
    RUNNER_TEMP: folder,
    PRINTED: printed,
    CODE: String(code),
  })
  onTestFinished(step.end)
  expect(await step.exitCode).toBe(error === undefined ? 0 : 1)
  expect(step.stdout()).toContain(printed)
  if (error === undefined) expect(step.stdout()).not.toContain('::error::')
  else expect(step.stdout()).toContain(`::error::${error}`)
  expect(await readFile(join(folder, 'asked'), 'utf8')).toMatch(/^plan .*-lock=false -detailed-exitcode\n$/)
})
