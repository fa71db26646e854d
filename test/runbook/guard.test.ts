import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../support/built.ts'
import { allThree, both, startRecorder } from '../support/sent-credentials.ts'
import { runToEnd } from '../terraform/command.ts'
import { find, linkTools } from './tools.ts'

const source = `. '${root}scripts/runbook.sh'`
const helpers = ['ask', 'json', 'rows', 'rotation', 'retrieval', 'consumer', 'scaleway', 'resource']
const defined = `for name in ${helpers.join(' ')}; do command -v "$name" || :; done`
const shells = (await find('zsh')) === undefined ? ['bash'] : ['bash', 'zsh']

const outputs = JSON.stringify({
  rotation_url: { value: 'https://rotation.invalid' },
  retrieval_url: { value: 'https://retrieval.invalid' },
  application_id: { value: 'an-application' },
  secret_id: { value: 'a-secret' },
  operator_secret_key: { value: 'the-operators-key' },
})
/** What `terraform output` gives where nothing was applied, where an apply was cut off, and where Terraform is not initialised. */
const neverApplied = "#!/bin/sh\necho '{}'\n"
const cutOff = `#!/bin/sh\necho '{"secret_id": {"value": "a-secret"}}'\n`
const notInitialised = "#!/bin/sh\necho '╷\n│ Error: Backend initialization required' >&2; exit 1\n"
const applied = `#!/bin/sh\ncase "$*" in *json*) echo '${outputs}';; *) echo "ran $0 $*";; esac\n`
/** What is known of the keys of a deployment with several. */
const several = {
  billing: { application_id: 'an-application', secret_id: 'a-secret', region: 'fr-par' },
  mailer: {
    application_id: 'its-application',
    secret_id: 'its-secret',
    region: 'pl-waw',
    retrieval_url: 'https://retrieval.invalid/mailer',
  },
}
const outputting = (given: object) => `#!/bin/sh\necho '${JSON.stringify(given)}'\n`
/** Shows that a request was sent. */
const sentCurl = "#!/bin/sh\necho 'SENT' >&2; echo '{}'\n"

/** Runs a script in a folder that has nothing of a deployment, with the commands that are given beside the usual tools. */
async function run(
  shell: string,
  script: string,
  { commands = {}, env = {} }: { commands?: Record<string, string>; env?: Record<string, string> } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-guard-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const tools = await linkTools(join(folder, 'tools'))
  for (const [name, text] of Object.entries(commands)) {
    await rm(join(tools, name), { force: true })
    await writeFile(join(tools, name), text)
    await chmod(join(tools, name), 0o755)
  }
  return runToEnd(shell, ['-uc', script], { folder, env: { PATH: tools, ...env } })
}

describe.each(shells)('in %s', shell => {
  test.each([
    ['nothing was applied', { terraform: neverApplied }, 'Nothing is applied from this folder'],
    ['an apply was cut off', { terraform: cutOff }, 'Nothing is applied from this folder'],
    ['the folder is not initialised', { terraform: notInitialised }, '"terraform output" fails in this folder'],
    ['there is no Terraform', {}, 'Neither terraform nor tofu is on the PATH'],
  ])('where %s, one sentence says so, the status is 1 and no helper is defined', async (_, commands, sentence) => {
    const { stdout, stderr } = await run(shell, `${source}; echo "status $?"; ${defined}`, { commands })
    expect(stdout).toBe('status 1\n')
    expect(stderr).toMatch(/^[^\n│]+\.\n$/)
    expect(stderr).toContain(sentence)
    expect(stderr).toContain('set ROTATION_URL, RETRIEVAL_URL and TOKEN yourself')
  })

  test('helpers of an earlier deployment do not survive a sourcing that fails', async () => {
    const script = `${source}; ${defined}; unset ROTATION_URL; ${source}; ${defined}; echo "$rotation_url$operator_key"`
    const commands = { terraform: neverApplied }
    const { stdout } = await run(shell, script, { commands, env: { ROTATION_URL: 'https://rotation.invalid' } })
    expect(stdout).toBe(`${helpers.join('\n')}\n\n`)
  })

  test('where there is only tofu, it is asked, and terraform calls it', async () => {
    const script = `${source}; terraform apply; ${source}; echo "$rotation_url $operator_key"`
    const { stdout, stderr } = await run(shell, script, { commands: { tofu: applied } })
    expect(stdout).toMatch(/^ran \S*\/tofu apply\nhttps:\/\/rotation\.invalid the-operators-key\n$/)
    expect(stderr).toContain('as the operator.')
  })

  test('the path of the secret names the region of the outputs, and that of the shell where there is none', async () => {
    const elsewhere = outputs.replace('{', '{"region": {"value": "nl-ams"}, ')
    const script = `${source}; echo "$secret"; export SCW_DEFAULT_REGION=pl-waw; ${source}; echo "$secret"`
    const pathsWith = async (given: string) => {
      const { stdout } = await run(shell, script, { commands: { terraform: `#!/bin/sh\necho '${given}'\n` } })
      return stdout.match(/[a-z]{2}-[a-z]{3}(?=\/secrets\/a-secret\n)/g)
    }
    expect(await pathsWith(elsewhere)).toEqual(['nl-ams', 'nl-ams'])
    expect(await pathsWith(outputs)).toEqual(['fr-par', 'pl-waw'])
  })

  test('of several keys the helpers are about the one that KEY_NAME names, and say which', async () => {
    const recorder = await startRecorder()
    onTestFinished(recorder.close)
    const { url } = recorder
    const given = {
      rotation_url: { value: url },
      retrieval_url: { value: `${url}/retrieval/` },
      keys: { value: several },
    }
    const script = `${source}; rotation; retrieval; echo "$application_id $secret $operator_key"`
    const commands = { terraform: outputting({ ...given, operator_secret_key: { value: 'the-operators-key' } }) }
    const { stdout, stderr } = await run(shell, script, { commands, env: { KEY_NAME: 'mailer' } })
    expect(stdout).toBe(
      '{}\n{}\nits-application /secret-manager/v1beta1/regions/pl-waw/secrets/its-secret the-operators-key\n',
    )
    expect(stderr.trim().split('\n')).toEqual([
      `Ready for the key mailer: rotation at ${url}/mailer, retrieval at ${url}/retrieval/mailer, as the operator.`,
      'The key mailer:',
      'HTTP 200',
      'The key mailer:',
      'HTTP 200',
    ])
    expect(recorder.paths()).toEqual(['/mailer', '/retrieval/mailer'])
  })

  test('of several keys none of which is named, rotation asks for all, and what needs the ids of one says so', async () => {
    const recorder = await startRecorder()
    onTestFinished(recorder.close)
    const { url } = recorder
    const given = { rotation_url: { value: url }, retrieval_url: { value: url }, keys: { value: several } }
    const script = `${source}; rotation; export SCW_SECRET_KEY=x; scaleway GET "$secret/versions" && echo worked; :`
    const commands = { terraform: outputting(given) }
    const { stdout, stderr } = await run(shell, script, { commands, env: { TOKEN: 'a-token' } })
    expect(stdout).toBe('{}\n')
    expect(stderr.trim().split('\n')).toEqual([
      `Ready: rotation at ${url}, retrieval at ${url}, as the holder of TOKEN.`,
      'There are several keys (billing, mailer): set KEY_NAME to one and source this file again, or ask rotation for the status of all.',
      'HTTP 200',
      'scaleway lacks the ids of a key: set KEY_NAME to one of billing, mailer, and source this file again.',
    ])
    expect(recorder.paths()).toEqual(['/'])
  })

  test.each([
    [
      'several keys',
      { keys: { value: several } },
      /^KEY_NAME is no key of this deployment \(billing, mailer\): set it/,
    ],
    ['a state without names', {}, /^KEY_NAME is no key of this deployment \(its only one has no name\): set it/],
  ])('a KEY_NAME that is no key of %s defines nothing and is not shown', async (_, different, sentence) => {
    const commands = { terraform: outputting({ ...JSON.parse(outputs), ...different }) }
    for (const KEY_NAME of ['hunter2', 'constructor']) {
      const script = `${source}; echo "status $?"; ${defined}`
      const { stdout, stderr } = await run(shell, script, { commands, env: { KEY_NAME } })
      expect([stdout, stderr]).toEqual(['status 1\n', expect.stringMatching(sentence)])
      expect(stderr).not.toContain(KEY_NAME)
    }
  })

  test('the only key may be named, and need not be', async () => {
    const only = { default: { application_id: 'an-application', secret_id: 'a-secret', region: 'fr-par' } }
    const commands = { terraform: outputting({ ...JSON.parse(outputs), keys: { value: only } }) }
    const script = `${source}; echo "$rotation_url $secret"; KEY_NAME=default; ${source}; echo "$rotation_url $secret"`
    const { stdout } = await run(shell, script, { commands })
    const secret = '/secret-manager/v1beta1/regions/fr-par/secrets/a-secret'
    expect(stdout).toBe(`https://rotation.invalid ${secret}\nhttps://rotation.invalid/default ${secret}\n`)
  })

  test('with a URL and a token, KEY_NAME names the key, and one that is no name is refused and not shown', async () => {
    const recorder = await startRecorder()
    onTestFinished(recorder.close)
    const env = { ROTATION_URL: `${recorder.url}/`, TOKEN: 'a-token' }
    const { stderr } = await run(shell, `${source}; rotation -d '{}'`, { env: { ...env, KEY_NAME: 'mailer' } })
    expect(stderr).toMatch(/^Ready for the key mailer: .*\nThe key mailer:\nHTTP 200\n$/)
    expect(recorder.paths()).toEqual(['/mailer'])
    for (const KEY_NAME of ['Hunter2', '../hunter2', 'hunter2?', '-hunter2', 'h'.repeat(41)]) {
      const refused = await run(shell, `${source}; echo "status $?"; ${defined}`, { env: { ...env, KEY_NAME } })
      expect([refused.stdout, refused.stderr]).toEqual([
        'status 1\n',
        'KEY_NAME must be the name of a key (small letters, digits and hyphens), or empty: set it again.\n',
      ])
    }
  })

  test('after KEY_NAME has changed nothing is sent until the file is sourced again', async () => {
    const env = {
      ROTATION_URL: 'https://rotation.invalid',
      RETRIEVAL_URL: 'https://retrieval.invalid',
      TOKEN: 'a-token',
      SCW_SECRET_KEY: 'x',
      KEY_NAME: 'billing',
    }
    const calls = ["rotation -d '{}'", 'retrieval', 'scaleway GET /iam']
      .map(line => `${line} && echo worked`)
      .join('; ')
    const script = `${source}; KEY_NAME=mailer; ${calls}; unset KEY_NAME; ${calls}; :`
    const { stdout, stderr } = await run(shell, script, { commands: { curl: sentCurl }, env })
    expect(stdout).toBe('')
    const sentence = 'KEY_NAME is not what it was when this file was sourced: source it again.'
    expect(stderr.trim().split('\n').slice(1)).toEqual(Array(6).fill(sentence))
  })

  test('with a URL and a token, what needs more says so and sends nothing', async () => {
    const calls = [
      'consumer app',
      'resource x',
      'scaleway GET "$secret/versions"',
      'retrieval',
      'export SCW_SECRET_KEY=x; scaleway GET "$secret/versions"',
      'scaleway GET "$keys?bearer_id=$application_id&page_size=100"',
      'scaleway PATCH "$secret"',
      'TOKEN="" rotation',
    ]
    const script = `${source}; ${calls.map(line => `${line} && echo worked`).join('; ')}; :`
    const env = { ROTATION_URL: 'https://rotation.invalid', TOKEN: 'a-token' }
    const { stdout, stderr } = await run(shell, script, { commands: { curl: sentCurl, terraform: applied }, env })
    expect(stdout).toBe('')
    expect(stderr.trim().split('\n')).toEqual([
      'Ready: rotation at https://rotation.invalid, retrieval at (no RETRIEVAL_URL), as the holder of TOKEN.',
      expect.stringMatching(/^consumer needs the Terraform state/),
      expect.stringMatching(/^resource needs the Terraform state/),
      expect.stringMatching(/^scaleway needs your own API key/),
      expect.stringMatching(/^retrieval needs its URL/),
      ...Array(3).fill(expect.stringMatching(/^scaleway lacks the ids of the deployment/)),
      expect.stringMatching(/^rotation needs a token/),
    ])
  })

  test('with a URL and a token, rotation and retrieval are asked without Terraform', async () => {
    const env = {
      ROTATION_URL: 'https://rotation.invalid',
      RETRIEVAL_URL: 'https://retrieval.invalid',
      TOKEN: 'a-token',
    }
    const { stdout, stderr } = await run(shell, `${source}; rotation; retrieval`, { commands: { curl: sentCurl }, env })
    expect(stdout).toBe('{}\n{}\n')
    expect(stderr.match(/SENT/g)).toHaveLength(2)
  })

  test('the token is sent in both headers, and in three if the outputs or SEND_CALLER_KEY say so', async () => {
    const recorder = await startRecorder()
    onTestFinished(recorder.close)
    const { url } = recorder
    const env = { ROTATION_URL: url, RETRIEVAL_URL: url, TOKEN: 'a-token' }
    const script = `${source}; rotation -d '{}'; retrieval`
    await run(shell, script, { env: { ...env, SEND_CALLER_KEY: 'false' } })
    await run(shell, script, { env: { ...env, SEND_CALLER_KEY: 'true' } })
    const deployed = { ...JSON.parse(outputs), rotation_url: { value: url }, retrieval_url: { value: url } }
    const withThree = { ...deployed, caller_headers: { value: ['X-Auth-Token', 'Authorization', 'X-Caller-Key'] } }
    for (const given of [deployed, withThree]) {
      await run(shell, script, { commands: { terraform: `#!/bin/sh\necho '${JSON.stringify(given)}'\n` } })
    }
    const twice = (lines: readonly string[]) => [lines, lines]
    expect(recorder.credentials()).toEqual(
      [both('a-token'), allThree('a-token'), both('the-operators-key'), allThree('the-operators-key')].flatMap(twice),
    )
  })

  test('SEND_CALLER_KEY with another value is refused', async () => {
    const env = { ROTATION_URL: 'https://rotation.invalid', SEND_CALLER_KEY: 'yes' }
    const { stdout, stderr } = await run(shell, `${source}; echo "status $?"; ${defined}`, { env })
    expect([stdout, stderr]).toEqual([
      'status 1\n',
      expect.stringMatching(/^SEND_CALLER_KEY must be true, false or empty/),
    ])
  })

  test.each(['http://rotation.invalid', 'https://user@rotation.invalid', 'a-token-in-the-wrong-line'])(
    '%s is no address for a token: it is refused and not shown',
    async ROTATION_URL => {
      const { stdout, stderr } = await run(shell, `${source}; echo "status $?"; ${defined}`, { env: { ROTATION_URL } })
      expect(stdout).toBe('status 1\n')
      expect(stderr).toMatch(/^ROTATION_URL and RETRIEVAL_URL must begin with https:/)
      expect(stderr).not.toContain(ROTATION_URL)
    },
  )
})
