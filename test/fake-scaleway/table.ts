interface Change<Id, Value> {
  readonly atMilliseconds: number
  readonly id: Id
  readonly before: Value | undefined
}

/** How far back a table can be read. No list is known to lag for longer than an hour. */
const HISTORY_MILLISECONDS = 3_600_000

const FIRST_TRIM_CHANGES = 512

/**
 * Records by id, with an undo log, so that a list can show them as they were some seconds ago.
 * Records are immutable: a change replaces the record, which makes the log free of copies.
 */
export class Table<Id, Value> {
  readonly #current = new Map<Id, Value>()
  #changes: Change<Id, Value>[] = []
  #trimAtChanges = FIRST_TRIM_CHANGES

  get size(): number {
    return this.#current.size
  }

  get(id: Id): Value | undefined {
    return this.#current.get(id)
  }

  has(id: Id): boolean {
    return this.#current.has(id)
  }

  /** Live records, oldest first. */
  values(): IterableIterator<Value> {
    return this.#current.values()
  }

  set(id: Id, value: Value, atMilliseconds: number): void {
    this.#log({ atMilliseconds, id, before: this.#current.get(id) })
    this.#current.set(id, value)
  }

  delete(id: Id, atMilliseconds: number): void {
    if (!this.#current.has(id)) return
    this.#log({ atMilliseconds, id, before: this.#current.get(id) })
    this.#current.delete(id)
  }

  /** Removes a record whose time has run out, from the past as well. */
  forget(id: Id): void {
    this.#current.delete(id)
    this.#changes = this.#changes.filter(change => change.id !== id)
  }

  /** The records as they were at that moment (milliseconds since 1970), in no particular order. */
  asOf(atMilliseconds: number): Iterable<Value> {
    const newest = this.#changes.at(-1)
    if (newest === undefined || newest.atMilliseconds <= atMilliseconds) return this.#current.values()
    return this.#rebuild(atMilliseconds).values()
  }

  #rebuild(atMilliseconds: number): Map<Id, Value> {
    const then = new Map(this.#current)
    for (let index = this.#changes.length - 1; index >= 0; index--) {
      const change = this.#changes[index]
      if (change === undefined || change.atMilliseconds <= atMilliseconds) break
      if (change.before === undefined) then.delete(change.id)
      else then.set(change.id, change.before)
    }
    return then
  }

  #log(change: Change<Id, Value>): void {
    this.#changes.push(change)
    if (this.#changes.length < this.#trimAtChanges) return
    const horizon = change.atMilliseconds - HISTORY_MILLISECONDS
    this.#changes = this.#changes.filter(({ atMilliseconds }) => atMilliseconds > horizon)
    this.#trimAtChanges = Math.max(FIRST_TRIM_CHANGES, this.#changes.length * 2)
  }
}
