import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from '../support/built.ts'

/** A source file by its path in the project, without its comments. */
export interface Source {
  readonly path: string
  readonly code: string
}

/** Gives the TypeScript files below a folder. */
export function sourcesIn(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
    .map(path => ({ path, code: withoutComments(readFileSync(join(root, path), 'utf8')) }))
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/** Gives what a source imports: own files by their path in the project, packages by name; types on wish. */
export function importsOf({ path, code }: Source, { types = true } = {}): string[] {
  const statements = code.matchAll(/^(import|export)( type)?\s[^'";]*?from '([^']+)'|^import '([^']+)'/gm)
  return [...statements]
    .filter(([, , type]) => types || type === undefined)
    .map(([, , , from, bare]) => from ?? bare ?? '')
    .map(from => (from.startsWith('.') ? relative(root, join(root, dirname(path), from)) : from))
}

/** Gives the import circles among the sources, each as the files on the way; types count as well. */
export function circles(sources: readonly Source[]): string[] {
  const edges = new Map(sources.map(source => [source.path, importsOf(source)]))
  const found = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): void => {
    const begun = way.indexOf(path)
    if (begun >= 0) found.add([...way.slice(begun), path].join(' → '))
    if (begun >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return [...found]
}

/**
 * Gives the pairs of folders that import each other. A folder and one inside it do not count: a room is wired by the
 * folder around it and uses its basics. Tests do not count either: nothing imports them.
 */
export function mutualFolders(sources: readonly Source[]): string[] {
  const edges = new Set(
    sources
      .filter(({ path }) => !/\.(test|provider)\.ts$/.test(path))
      .flatMap(source => importsOf(source).map(to => ({ from: dirname(source.path), to: dirname(to) })))
      .filter(({ from, to }) => !`${from}/`.startsWith(`${to}/`) && !`${to}/`.startsWith(`${from}/`))
      .map(({ from, to }) => `${from} ${to}`),
  )
  return [...edges].filter(edge => {
    const [from = '', to = ''] = edge.split(' ')
    return from < to && edges.has(`${to} ${from}`)
  })
}
