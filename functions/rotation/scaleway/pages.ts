import { ApiError, calling } from './api-error.ts'

/** One page of a list and how many items the whole list has. */
interface Page<Item> {
  readonly items: readonly Item[]
  readonly totalCount: number
}

const maxPages = 50

/**
 * Reads a list to its end. A list that ends before its own total is not believed: what is missing from it would
 * look deleted.
 * @throws {ApiError} `list-incomplete`, or what a page's call threw
 */
export async function everyPage<Item>(operation: string, read: (page: number) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = []
  for (let page = 1; page <= maxPages; page++) {
    const { items, totalCount } = await calling(operation, () => read(page))
    all.push(...items)
    if (all.length >= totalCount) return all
    if (items.length === 0) break
  }
  throw new ApiError({ code: 'list-incomplete', operation })
}
