import type { Recognised } from '../shared/caller.ts'

/** Gives those keys that a caller may fetch: an operator all, a consumer those that name it, whoever else none. */
export function fetchableBy<Key extends { readonly consumers: readonly string[] }>(
  { role, name }: Recognised,
  keys: readonly Key[],
): readonly Key[] {
  if (role === 'operator') return keys
  if (role !== 'consumer' || name === null) return []
  return keys.filter(({ consumers }) => consumers.includes(name))
}
