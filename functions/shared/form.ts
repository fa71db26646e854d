/**
 * Reads a value of unknown shape and gives what it stands for. These few readers do for settings what a library does
 * elsewhere: a cold start of retrieval pays for all that it loads and runs (bench/README.md).
 * @throws {UnfitError} if the value is not of the form
 */
export type Form<Output> = (given: unknown) => Output

/** Says what a form expects, never what was given. */
export class UnfitError extends Error {
  /** Completes the sentence "… must be". */
  readonly expected: string

  constructor(expected: string) {
    super(`must be ${expected}`)
    this.name = 'UnfitError'
    this.expected = expected
  }
}

/** Makes a form of a reading, which gives undefined for what is not of it. */
export function form<Output>(read: (given: unknown) => Output | undefined, expected: string): Form<Output> {
  return given => {
    const output = read(given)
    if (output === undefined) throw new UnfitError(expected)
    return output
  }
}

/** Makes a form of a reading of text. */
export function textForm<Output>(read: (text: string) => Output | undefined, expected: string): Form<Output> {
  return form(given => (typeof given === 'string' ? read(given) : undefined), expected)
}

/** Text that matches a pattern. */
export function matching(pattern: RegExp, expected: string): Form<string> {
  return textForm(text => (pattern.test(text) ? text : undefined), expected)
}

/** A list; the first item that is not of its form is refused in the item's words. */
export function list<Item>(item: Form<Item>, expected: string): Form<readonly Item[]> {
  return form(given => (Array.isArray(given) ? given.map(each => item(each)) : undefined), expected)
}

/** What is not set is read as the fallback. */
export function optional<Output>(of: Form<Output>): Form<Output | undefined>
export function optional<Output>(of: Form<Output>, fallback: Output): Form<Output>
export function optional<Output>(of: Form<Output>, fallback?: Output): Form<Output | undefined> {
  return given => (given === undefined ? fallback : of(given))
}

/** The forms of several values, by their names. */
export type Forms = Readonly<Record<string, Form<unknown>>>

/** What several values are read as. */
export type ReadAs<Named extends Forms> = { readonly [Name in keyof Named]: ReturnType<Named[Name]> }

/**
 * Reads several values, each by the form of its name.
 * @throws what `refuse` makes of the first value that does not fit: of its name and of what was expected
 */
export function readAll<const Named extends Forms>(forms: Named, given: Given, refuse: Refuse): ReadAs<Named>
export function readAll(forms: Forms, given: Given, refuse: Refuse): unknown {
  return Object.fromEntries(Object.entries(forms).map(([name, of]) => [name, readOne(name, of, given, refuse)]))
}

/**
 * Reads the value of one name.
 * @throws what `refuse` makes of it, if it does not fit
 */
export function readOne<Output>(name: string, of: Form<Output>, given: Given, refuse: Refuse): Output {
  try {
    return of(given[name])
  } catch (error) {
    throw error instanceof UnfitError ? refuse(name, error.expected) : error
  }
}

type Given = Readonly<Record<string, unknown>>

type Refuse = (name: string, expected: string) => Error
