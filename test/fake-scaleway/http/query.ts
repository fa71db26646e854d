import { invalidArgument } from './errors.ts'

const DEFAULT_PAGE_SIZE = 20
const MAX_PAGE_SIZE = 100
const MAX_PAGE = 10_000

/** Reads a query string. An empty value counts as not given. */
export class Query {
  readonly #values: URLSearchParams

  constructor(text: string) {
    this.#values = new URLSearchParams(text)
  }

  text(name: string): string | undefined {
    return this.#values.get(name) || undefined
  }

  /** All values of a repeatable parameter; undefined when there is none. */
  texts(name: string): readonly string[] | undefined {
    const values = this.#values.getAll(name).filter(value => value !== '')
    return values.length === 0 ? undefined : values
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)
    if (value === undefined || value === 'true' || value === 'false')
      return value === undefined ? undefined : value === 'true'
    throw invalidArgument(name, 'format')
  }

  /** One of the given words, or the first of them when not given. */
  choice<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.text(name)
    if (value === undefined) return words[0]
    const word = words.find(candidate => candidate === value)
    if (word === undefined) throw invalidArgument(name, 'format')
    return word
  }

  /**
   * The items of the requested page (docs/scaleway.md#key-calls). Refuses sizes outside 1–100 and pages outside 1–10000.
   */
  page<Item>(items: readonly Item[], defaultPageSize: number = DEFAULT_PAGE_SIZE): readonly Item[] {
    const size = this.#count('page_size', MAX_PAGE_SIZE) ?? defaultPageSize
    const page = this.#count('page', MAX_PAGE) ?? 1
    return items.slice((page - 1) * size, page * size)
  }

  #count(name: string, most: number): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const count = Number(value)
    if (Number.isInteger(count) && count >= 1 && count <= most) return count
    throw invalidArgument(name, 'constraint', `must be between 1 and ${most}`)
  }
}

/**
 * Takes records and a word like `created_at_desc`, gives them in that order; `read` names the value of each field.
 * Records without a value come last; equal ones are in order of creation.
 */
export function inOrder<Item extends { readonly sequence: number }>(
  items: Iterable<Item>,
  orderBy: string,
  read: (item: Item, field: string) => string | number | undefined,
): Item[] {
  const descending = orderBy.endsWith('_desc')
  const field = orderBy.replace(/_(asc|desc)$/, '')
  const sorted = Array.from(items).sort((a, b) => compare(read(a, field), read(b, field)) || a.sequence - b.sequence)
  return descending ? sorted.reverse() : sorted
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}
