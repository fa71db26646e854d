import * as v from 'valibot'
import type { KnownCaller } from './caller.ts'
import { type Env, jsonText, MisconfiguredError, readEach } from './env.ts'

// Words of the language: an object that is filled by name would lose or mistake them.
const reservedNames = ['constructor', 'prototype', '__proto__']

const form = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[\w.-]{1,64}$/),
    v.check(name => !reservedNames.includes(name)),
  ),
  role: v.picklist(['operator', 'consumer', 'monitor']),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})

/** The form of a variable `CALLER_<NAME>`; docs/settings.md is generated from it. */
export const callerVariable = jsonText(
  form,
  `a JSON object of name (1 to 64 letters, digits, . _ -, and none of ${reservedNames.join(', ')}), role (operator, consumer or monitor) and sha256 (of the secret key, in lower-case hex)`,
)

/**
 * Reads the callers that a function knows, one from each variable `CALLER_<NAME>`.
 * @throws {MisconfiguredError} naming the variable that is malformed, or that has the name or the hash of another one
 */
export function readCallers(env: Env): KnownCaller[] {
  const taken = new Set<string>()
  return [...readEach(env, 'CALLER_', callerVariable)].map(([variable, caller]) => {
    const { name, sha256 } = caller
    if (taken.has(`name ${name}`) || taken.has(`hash ${sha256}`)) throw new MisconfiguredError(variable, unlikeOthers)
    taken.add(`name ${name}`).add(`hash ${sha256}`)
    return caller
  })
}

const unlikeOthers = 'a caller with a name and a key of its own: another CALLER_ variable has the same'
