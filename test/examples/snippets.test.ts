import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { built, root } from '../support/built.ts'
import { run } from '../support/command.ts'
import { consumers } from './consumers.ts'
import { startStack } from './stack.ts'

const { zip: retrievalZip } = await built('retrieval')
vi.setConfig({ testTimeout: 90_000 })

const markdown = await readFile(join(root, 'examples/README.md'), 'utf8')
/** How a snippet is started, what it prints, and the lines that make its call once more when its input ends. */
const forms: Readonly<Record<string, Form>> = {
  node: {
    fence: 'ts',
    file: 'snippet.ts',
    command: [process.execPath, '--import', 'tsx'],
    outcome: 'SCW\\w{17}',
    again:
      'for await (const _ of process.stdin);\nconsole.log(await rotated.use(call), rotated.current.revision)\nprocess.exit()',
  },
  python: {
    fence: 'python',
    file: 'snippet.py',
    command: ['python3', '-u'],
    outcome: '200',
    again: 'import sys\nsys.stdin.read()\nprint(rotated.use(call), rotated.current.revision)',
  },
  shell: {
    fence: 'sh',
    file: 'snippet.sh',
    command: ['sh'],
    outcome: '200',
    again: 'cat >/dev/null\nrotated_key_use call\necho "$STATUS $KEY_REVISION"',
  },
}

interface Form {
  readonly fence: string
  readonly file: string
  readonly command: readonly string[]
  readonly outcome: string
  readonly again: string
}

test.for(consumers)(
  'the $name snippet, beside the files that it names, makes a call with the rotated key, and with the next when that was revoked',
  async ({ name }, { onTestFinished: atEnd }) => {
    const { fence, file, command, outcome, again } = forms[name] ?? expect.fail(`no snippet is known for ${name}`)
    const [, code = ''] = new RegExp(`^\`\`\`${fence}\\n(.*?)^\`\`\`$`, 'ms').exec(markdown) ?? []
    const folder = await mkdtemp(join(tmpdir(), 'snippet-'))
    atEnd(() => rm(folder, { recursive: true }))
    await cp(join(root, 'examples', name), folder, { recursive: true })
    const stack = await startStack({ retrievalZip, atEnd })
    // For the SDK; and for tsx, which Node 22.18 and later do not need.
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await writeFile(join(folder, file), `${code}\n${again}\n`)
    await stack.rotation.post({}, 'operator')
    const settings = { ...stack.settings, PYTHONDONTWRITEBYTECODE: '1', no_proxy: '*' }
    const started = run(['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', folder, ...command, file], settings)
    atEnd(started.end)
    await started.prints(' 1\n')
    await stack.revoke()
    started.closeInput()
    const exitCode = await started.exitCode
    expect(exitCode, started.stderr()).toBe(0)
    expect(started.stdout()).toMatch(new RegExp(`^${outcome} 1\n${outcome} 2\n$`))
  },
)
