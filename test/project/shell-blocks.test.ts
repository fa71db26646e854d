import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/built.ts'
import { projectFiles } from './project-files.ts'

/** The lines of the shell blocks of a document, without quoted strings. */
function shellLines(markdown: string): string[] {
  const blocks = markdown.matchAll(/^ *```(?:sh|bash|shell|zsh|console)\n([\s\S]*?)^ *```$/gm)
  return [...blocks].flatMap(([, code = '']) => unquoted(code).split('\n'))
}

/** The Terraform commands inside sentences, without quoted strings. */
function commandsInSentences(markdown: string): string[] {
  const prose = markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
  return [...prose.matchAll(/`((?:terraform|tofu) [^`]+)`/g)].map(([, command = '']) => unquoted(command))
}

function unquoted(code: string): string {
  return code.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, "''")
}

/** zsh, the default on macOS, gives a pasted comment to the command as arguments, or calls # a command that it does not find. */
const isCommented = (line: string) => /(?:^|\s)#/.test(line)

/** zsh takes operator[0] without quotes for a pattern of file names, and refuses the command because none matches. */
const isPattern = (line: string) => /\w\[/.test(line)

test('the check finds a comment and an index without quotes, and lets both pass inside quotes', () => {
  const lines = ['npm start   # starts', '# starts', 'terraform apply -replace=a.operator[0]', 'echo "#1" \'a[0]\' $#']
  const found = shellLines(`\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`)
  expect(found.map(isCommented)).toEqual([true, true, false, false, false])
  expect(found.map(isPattern)).toEqual([false, false, true, false, false])
})

test.each(projectFiles(/\.md$/))(
  'every shell block of %s can be pasted into zsh: no comment, no index without quotes',
  path => {
    const markdown = readFileSync(join(root, path), 'utf8')
    const lines = shellLines(markdown)
    expect(lines.filter(isCommented)).toEqual([])
    expect([...lines, ...commandsInSentences(markdown)].filter(isPattern)).toEqual([])
  },
)
