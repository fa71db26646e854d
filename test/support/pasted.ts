/**
 * Gives the lines of shell code that zsh, the default on macOS, misreads when they are pasted: it gives a comment to the
 * command as arguments, refuses a command when a pattern of file names without quotes matches none, takes =word for the
 * path of a command, parentheses behind an = for conditions on files, and !word for an older line. Each was tried in zsh 5.9.
 */
export function misreadByZsh(code: string): string[] {
  const [outer, inner] = substitutions(code)
  const misread = unquoted(outer)
    .split('\n')
    .filter(line => isCommented(line) || isPattern(line) || isExpansion(line))
  return [...misread, ...linesOfHistory(outer), ...inner.flatMap(misreadByZsh)]
}

/** The code without its innermost $( ), and what stands in those: quotes begin anew in each. */
function substitutions(code: string): [string, string[]] {
  const inner: string[] = []
  const outer = code.replaceAll(/(?<!\\)\$\(([^()]*)\)/g, (_all, command: string) => {
    inner.push(command)
    return '$x'
  })
  return [outer, inner]
}

function unquoted(code: string): string {
  return code.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, "''")
}

function isCommented(line: string): boolean {
  return /(?:^|\s)#/.test(line)
}

function isPattern(line: string): boolean {
  const words = line.replaceAll(/\$\(\([^)]*\)\)|\$\{[^}]*\}|\$[?*#]/g, '$x').split(/\s+/)
  return words.some(word => /[?*]|[^[]\[|\[[^[]/.test(word) && !isTaken(word))
}

/** The pattern of a case is none of file names. */
function isTaken(word: string): boolean {
  return /^[^(]*\)$/.test(word)
}

function isExpansion(line: string): boolean {
  return /(?:^|\s)=\S|\s\S+=\(/.test(line)
}

/** Double quotes do not keep an exclamation mark from meaning the history of an interactive shell. */
function linesOfHistory(code: string): string[] {
  const lines = code.replaceAll(/'[^']*'/g, "''").split('\n')
  return lines.filter(line => /![^\s=("]/.test(line))
}
