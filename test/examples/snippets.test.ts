import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { built, root } from '../support/built.ts'
import { run } from '../support/command.ts'
import { consumers } from './consumers.ts'
import { startStack } from './stack.ts'

const { zip: retrievalZip } = await built('retrieval')
const markdown = await readFile(join(root, 'examples/README.md'), 'utf8')
const forms: Readonly<Record<string, { fence: string; file: string; command: readonly string[] }>> = {
  node: { fence: 'ts', file: 'snippet.ts', command: [process.execPath, '--import', 'tsx'] },
  python: { fence: 'python', file: 'snippet.py', command: ['python3'] },
  shell: { fence: 'sh', file: 'snippet.sh', command: ['sh'] },
}

test.for(consumers)(
  'the $name snippet, beside the files that it names, makes a call with the rotated key',
  async ({ name }, { onTestFinished: atEnd }) => {
    const { fence = '', file = '', command = [] } = forms[name] ?? {}
    const [, code = ''] = new RegExp(`^\`\`\`${fence}\\n(.*?)^\`\`\`$`, 'ms').exec(markdown) ?? []
    const folder = await mkdtemp(join(tmpdir(), 'snippet-'))
    atEnd(() => rm(folder, { recursive: true }))
    await cp(join(root, 'examples', name), folder, { recursive: true })
    const stack = await startStack({ retrievalZip, atEnd })
    // For tsx alone, which Node 22.18 and later do not need.
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await writeFile(join(folder, file), code.replaceAll('https://api.scaleway.com', stack.scalewayUrl))
    await stack.rotation.post({}, 'operator')
    const settings = { ...stack.settings, PYTHONDONTWRITEBYTECODE: '1', no_proxy: '*' }
    const started = run(['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', folder, ...command, file], settings)
    atEnd(started.end)
    const exitCode = await started.exitCode
    expect([exitCode, started.stdout()], started.stderr()).toEqual([0, '200 1\n'])
  },
)
