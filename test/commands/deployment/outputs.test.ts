import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readOutputs } from '../../../scripts/deployment/outputs.ts'

/** A folder whose `terraform` is this shell script, first on the path until the test ends. */
async function terraformIs(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-stand-in-'))
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(join(folder, 'terraform'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'terraform'), 0o755)
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
  return folder
}

test('a state whose backend does not answer is given up after the limit, with what to do', async () => {
  const folder = await terraformIs('exec sleep 20')
  const reading = readOutputs({ folder, outputsFile: undefined, limitMs: 200 })
  await expect(reading).rejects.toThrow(/^terraform output did not end in time: the state's backend .* --outputs\.$/)
})

test('outputs that come in time are read', async () => {
  const folder = await terraformIs(`echo '{"rotation_url": {"value": "https://a.test"}}'`)
  expect(await readOutputs({ folder, outputsFile: undefined })).toEqual({ rotation_url: { value: 'https://a.test' } })
})
