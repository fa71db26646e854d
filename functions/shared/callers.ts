import type { KnownCaller } from './caller.ts'
import { type Env, readEach, requireDistinct } from './env.ts'
import { textForm } from './form.ts'
import { parseJsonObject } from './json.ts'
import { reservedNames } from './key-names.ts'

/** The form of a variable `CALLER_<NAME>`; docs/settings.md is generated from it. */
export const callerVariable = textForm(
  readCaller,
  `a JSON object of name (1 to 64 letters, digits, . _ -, and none of ${reservedNames.join(', ')}), role (operator, consumer or monitor) and sha256 (of the secret key, in lower-case hex; of one to four keys in a list)`,
)

function readCaller(text: string): KnownCaller | undefined {
  const { name, role, sha256, ...others } = parseJsonObject(text) ?? {}
  const knownRole = (['operator', 'consumer', 'monitor'] as const).find(word => word === role)
  const hashes: unknown[] = Array.isArray(sha256) ? sha256 : [sha256]
  if (knownRole === undefined || !isCallerName(name) || Object.keys(others).length > 0) return undefined
  if (hashes.length < 1 || hashes.length > 4 || !hashes.every(isHash)) return undefined
  return { name, role: knownRole, sha256: hashes }
}

function isCallerName(given: unknown): given is string {
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) && !reservedNames.includes(given)
}

function isHash(given: unknown): given is string {
  return typeof given === 'string' && /^[0-9a-f]{64}$/.test(given)
}

/**
 * Reads the callers that a function knows, one from each variable `CALLER_<NAME>`.
 * @throws {MisconfiguredError} naming the variable that is malformed, or that has a name or a hash which was there before
 */
export function readCallers(env: Env): KnownCaller[] {
  const callers = readEach(env, 'CALLER_', callerVariable)
  requireDistinct(callers, ['name', 'sha256'], unlikeOthers)
  return [...callers.values()]
}

const unlikeOthers = 'a caller with a name and keys of its own: one of them is in the CALLER_ variables twice'
