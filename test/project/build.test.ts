import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import { expect, onTestFinished, test } from 'vitest'
import { functionNames } from '../../scripts/build/bundle.ts'
import { builtZips, root } from '../support/built.ts'

const run = promisify(execFile)

const otherTimeZone = new Date().getTimezoneOffset() > 0 ? 'Asia/Tokyo' : 'America/Los_Angeles'

/** Builds in a process of its own, as another machine would: another folder, another time zone. */
async function buildElsewhere(): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'elsewhere-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script = `import { buildFunctions } from '${root}scripts/build/bundle.ts'
    await buildFunctions({ root: '${root}', outputFolder: '${folder}' })`
  await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    env: { ...process.env, TZ: otherTimeZone },
  })
  return Promise.all(functionNames.map(name => readFile(`${folder}/${name}.zip`)))
}

test('the same sources give the same zips in every folder and time zone, with nothing but code, its type and its licences inside', async () => {
  const zips = await buildElsewhere()
  const { rotation, retrieval } = await builtZips()
  expect(zips).toEqual([rotation, retrieval])
  for (const zip of zips) {
    const files = unzipSync(zip)
    expect(Object.keys(files)).toEqual(['handler.js', 'package.json', 'THIRD-PARTY-NOTICES'])
    expect(Buffer.from(files['package.json'] ?? []).toString()).toBe('{"type":"module"}\n')
    expect(Buffer.from(files['handler.js'] ?? []).toString()).not.toContain(root)
  }
}, 60_000)
