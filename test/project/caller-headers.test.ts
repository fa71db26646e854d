import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { projectFiles } from './project-files.ts'

/** The commands that give a key in `X-Auth-Token`, each with the lines that its pipes and backslashes lead to. */
function commandsWithKey(text: string): string[] {
  const joined = text.replaceAll(/(\||\\)\n\s*/g, '$1 ')
  return joined.split('\n').filter(line => /X-Auth-Token: ["'$%]*\S/.test(line) && /printf|-H /.test(line))
}

/** Scaleway's own API reads no other header. */
const asksScaleway = (command: string) => /\/iam\/v1alpha1|SCW_API_URL|api\.scaleway\.com/.test(command)

const sendsBoth = (command: string) => command.includes('Authorization: Bearer ')

test('the check finds a key in one header alone, and lets both and a call of Scaleway itself pass', () => {
  const one = `printf 'X-Auth-Token: %s' "$TOKEN" |\n  curl -H @- "$URL"`
  const both = `curl -H "X-Auth-Token: $TOKEN" -H "Authorization: Bearer $TOKEN" "$URL"`
  const scaleway = `printf 'X-Auth-Token: %s' "$KEY" |\n  curl -H @- \\\n  "$SCW_API_URL/iam"`
  const found = commandsWithKey([one, both, scaleway, 'Send X-Auth-Token: it is read.'].join('\n'))
  expect(found.map(sendsBoth)).toEqual([false, true, false])
  expect(found.map(asksScaleway)).toEqual([false, false, true])
})

const shipped = [...projectFiles(/\.(md|sh|ya?ml|tf)$/), 'scripts/local/first-look.ts']
const commands = shipped.flatMap(path =>
  commandsWithKey(readFileSync(join(root, path), 'utf8')).map(command => ({ path, command })),
)

test('every command in a document, an example or a script gives a key of ours in both headers', () => {
  expect(commands.filter(({ command }) => !sendsBoth(command) && !asksScaleway(command))).toEqual([])
})

test('there are such commands in what is documented, shipped and printed', () => {
  const paths = commands.filter(({ command }) => sendsBoth(command)).map(({ path }) => path)
  expect(new Set(paths)).toEqual(
    new Set([
      'examples/README.md',
      'examples/github-actions/use-rotated-key.yaml',
      'examples/shell/rotated-key.sh',
      'scripts/local/first-look.ts',
      'scripts/runbook.sh',
    ]),
  )
})
