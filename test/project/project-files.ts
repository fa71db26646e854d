import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/built.ts'

const notOurs = new Set(['node_modules', 'dist', 'coverage', '.git', '.terraform'])

/** Gives the project's files that end so, in all folders, by their path in the project. */
export function projectFiles(ending: RegExp, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => !notOurs.has(entry.name))
    .flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return projectFiles(ending, path)
      return entry.isFile() && ending.test(entry.name) ? [path] : []
    })
}
