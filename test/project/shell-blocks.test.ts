import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { misreadByZsh } from '../support/pasted.ts'
import { projectFiles } from './project-files.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The shell blocks of a document. */
function shellBlocks(markdown: string): string[] {
  const blocks = markdown.matchAll(/^ *```(?:sh|bash|shell|zsh|console)\n([\s\S]*?)^ *```$/gm)
  return Array.from(blocks, ([, code = '']) => code)
}

/** The commands inside sentences. */
function commandsInSentences(markdown: string): string[] {
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
  const commands = prose.matchAll(
    /`((?:[A-Z_]+=\S+ )?(?:terraform|tofu|curl|git|kubectl|scw|rotation|scaleway) [^`]+)`/g,
  )
  return Array.from(commands, ([, command = '']) => command)
}

test('the check finds what zsh misreads, and lets it pass where it is quoted', () => {
  const misread = [
    'npm start   # starts',
    '# starts',
    'terraform apply -replace=a.operator[0]',
    'curl http://127.0.0.1/?page=1',
    'ls dist/*.zip',
    'rm key?',
    '[ a == b ]',
    'diff =(one) two',
    'echo a=(1)',
    'echo "!has(resource.id)"',
    'echo "$(ls *.zip)"',
  ]
  const fine = [
    'echo "#1" \'a[0]\' $# $?',
    'until [ -s "$FILE" ]; do sleep $((2 * 3)); done',
    'case $a in b*) ;; esac',
    'a=(1 2)',
    'curl "http://127.0.0.1/?page=1"',
    "echo '!has(resource.id)' \"$(cut -d'\"' -f4)\" && ! false",
  ]
  expect(misread.filter(line => misreadByZsh(line).length === 0)).toEqual([])
  expect(fine.flatMap(misreadByZsh)).toEqual([])
})

test.each(projectFiles(/\.md$/))('every command of %s can be pasted into zsh', path => {
  const markdown = read(path)
  expect([...shellBlocks(markdown), ...commandsInSentences(markdown)].flatMap(misreadByZsh)).toEqual([])
})

test('no message, header or description says a Terraform command with an index without quotes', () => {
  const files = projectFiles(/\.(ts|tf|sh|py|ya?ml|example)$/).filter(path => !path.startsWith('test/'))
  expect(files).toContain('functions/rotation/status/rotator-key.ts')
  const found = files.flatMap(path => read(path).match(/\b(?:terraform|tofu) [a-z][^'"`\n]*\w\[.*/g) ?? [])
  expect(found).toEqual([])
})
