import { readFile } from 'node:fs/promises'
import type { ScenarioName } from '../scenarios.ts'

/** One rule, or one clause of a rule, switched off. */
export interface Mutation {
  /** A short name. */
  readonly name: string
  /** The number of the rule; `–` for a clause that belongs to none. */
  readonly rule: string
  /** The behaviour without it, in plain words. */
  readonly off: string
  /** Under `functions/`. */
  readonly file: string
  /** Texts that occur exactly once in the file, and their replacements. */
  readonly edits: readonly [Edit, ...Edit[]]
  /** What must be switched off as well, for two clauses that cover each other. */
  readonly and?: { readonly file: string; readonly edits: readonly [Edit, ...Edit[]] }
  /** The scenarios that must show it. */
  readonly shows: readonly [ScenarioName, ...ScenarioName[]]
}

/** One replacement. */
interface Edit {
  readonly find: string
  readonly replace: string
}

/** One file of a mutation, with the mutation's name. */
type Changed = Pick<Mutation, 'name' | 'file' | 'edits'>

/** The files that a mutation changes. */
export function changedBy({ name, file, edits, and }: Mutation): Changed[] {
  return [{ name, file, edits }, ...(and === undefined ? [] : [{ name, ...and }])]
}

/** The project's folder. */
export const root = new URL('../../../', import.meta.url)

/**
 * Gives the text of a mutation's file with its replacements.
 * @throws {Error} when a text to find does not occur exactly once: the list is out of date
 */
export async function mutated({ name, file, edits }: Changed): Promise<string> {
  let text = await readFile(new URL(`functions/${file}`, root), 'utf8')
  for (const { find, replace } of edits) {
    const [before, after, more] = text.split(find)
    if (before === undefined || after === undefined || more !== undefined) {
      throw new Error(`The mutation "${name}" is out of date: functions/${file} must hold this text once: ${find}`)
    }
    text = before + replace + after
  }
  return text
}
