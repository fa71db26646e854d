import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { build } from 'esbuild'
import { cronToken } from '../../../scripts/local/identities.ts'
import { root } from '../../support/built.ts'
import { deploy, rotationEnv } from '../../support/rotation.ts'
import { Search } from './planted.ts'
import type { Looked } from './secret-runs.ts'

const crashes = {
  'a thrown error': 'throw Object.assign(new Error("crash", { cause: config }), { config })',
  'an unhandled rejection': 'Promise.reject(Object.assign(new Error("crash", { cause: config }), { config }))',
  'an unhandled rejection without an error': 'Promise.reject(config)',
  'a thrown object': 'throw config',
}

/** Gives what Node itself writes about an uncaught error that holds the settings. Takes about a second. */
export async function secretCrash(leak = ''): Promise<Looked> {
  const { cloud, ids } = deploy()
  const search = new Search()
  const hook = randomUUID()
  search.plant('the key of the rotator', ids.rotator.secretKey)
  search.plant("the CRON's token", cronToken(ids))
  search.plant("the hook's token", hook)
  const env = {
    ...rotationEnv(cloud, ids),
    NOTIFICATION_URL: `https://hook.example/${hook}`,
    NOTIFICATION_SECRET: `whsec_${Buffer.from(hook).toString('base64')}`,
  }
  const texts = Object.entries(crashes).map(async ([name, crash]): Promise<[string, string[]]> => {
    const script = `import { readConfig } from './functions/rotation/config.ts'; const config = readConfig(process.env); console.log("settings read"); ${leak}; ${crash}`
    return [name, [await outputOf(script, env)]]
  })
  return { search, places: Object.fromEntries(await Promise.all(texts)) }
}

async function outputOf(script: string, env: Record<string, string>): Promise<string> {
  const given = ['--input-type=module', '--eval', await bundled(script)]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, given, { env: { ...process.env, ...env }, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) reject(new Error('the process did not crash'))
      else if (!stdout.includes('settings read')) reject(new Error('the process crashed for another reason'))
      else resolve(stdout + stderr)
    })
  })
}

/** A script with all that it imports in it, as a function's bundle has: Node needs nothing else to run it. */
async function bundled(contents: string): Promise<string> {
  const stdin = { contents, resolveDir: root }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, platform: 'node', format: 'esm' })
  return outputFiles.map(({ text }) => text).join('')
}
