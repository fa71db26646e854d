import { access, constants, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import { mutationsPage } from './mutations-page.ts'
import { type RunFacts, resultsPage } from './results-page.ts'
import type { Tally } from './tally.ts'

/** The files of the two pages. */
export interface PageFiles {
  readonly results: string
  readonly mutations: string
}

/** The committed pages, in the project's folder. */
export const committedPages: PageFiles = { results: 'PROOF.md', mutations: 'docs/proof-mutations.md' }

/** Gives the files for `--output`: the named one, and beside it `<name>-mutations.md`. */
export function pagesAt(output: string): PageFiles {
  return { results: output, mutations: `${output.replace(/\.md$/, '')}-mutations.md` }
}

/** Gives the files as they are named from a folder. */
export function inFolder({ results, mutations }: PageFiles, folder: string): PageFiles {
  return { results: resolve(folder, results), mutations: resolve(folder, mutations) }
}

/** Writes the page of results and, if a proof gave rows, the page of the mutations. */
export async function writePages(files: PageFiles, tallies: readonly Tally[], facts: RunFacts): Promise<void> {
  const mutations = mutationsPage(tallies, facts, link(files.mutations, files.results))
  const mutationsLink = mutations === undefined ? undefined : link(files.results, files.mutations)
  await writeFile(files.results, resultsPage(tallies, facts, mutationsLink))
  if (mutations !== undefined) await writeFile(files.mutations, mutations)
}

/**
 * Checks before a long run that a file can be written after it.
 * @throws {CannotProceedError} when its folder does not exist or is read-only
 */
export async function expectWritable(path: string, folder: string): Promise<void> {
  const isWritable = await access(dirname(resolve(folder, path)), constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!isWritable) throw new CannotProceedError(`Cannot write ${path}: its folder does not exist or is read-only.`)
}

function link(from: string, to: string): string {
  return relative(dirname(resolve(from)), resolve(to)).replaceAll('\\', '/')
}
