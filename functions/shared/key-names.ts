import { matching } from './form.ts'

/** Words of the language: an object that is filled by name would lose or mistake them. */
export const reservedNames = ['constructor', 'prototype', '__proto__']

/** What a key's name must be. It completes the sentence "… must be". */
export const keyNameForm =
  '1 to 40 small letters, digits and hyphens, the first one no hyphen, and not constructor, prototype or metrics'

/** The same as a pattern. What is measured of all keys is at `/metrics`. */
export const keyNamePattern = new RegExp(`^(?!(?:${[...reservedNames, 'metrics'].join('|')})$)[a-z0-9][a-z0-9-]{0,39}$`)

/** The name of a key: it stands in paths, variables, logs and answers. */
export const keyName = matching(keyNamePattern, keyNameForm)

/** Gives the name that a path holds: undefined for `/`, and null for a path that can hold none. */
export function nameInPath(path: string): string | null | undefined {
  if (path === '/') return undefined
  const name = path.slice(1)
  return path.startsWith('/') && keyNamePattern.test(name) ? name : null
}
