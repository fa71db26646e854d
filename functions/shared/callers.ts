import * as v from 'valibot'
import type { KnownCaller } from './caller.ts'
import { type Env, jsonText, readEach, requireDistinct } from './env.ts'
import { reservedNames } from './key-names.ts'

const form = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[\w.-]{1,64}$/),
    v.check(name => !reservedNames.includes(name)),
  ),
  role: v.picklist(['operator', 'consumer', 'monitor']),
  sha256: v.pipe(
    v.unknown(),
    v.transform(given => (typeof given === 'string' ? [given] : given)),
    v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
    v.check(({ length }) => length >= 1 && length <= 4),
  ),
})

/** The form of a variable `CALLER_<NAME>`; docs/settings.md is generated from it. */
export const callerVariable = jsonText(
  form,
  `a JSON object of name (1 to 64 letters, digits, . _ -, and none of ${reservedNames.join(', ')}), role (operator, consumer or monitor) and sha256 (of the secret key, in lower-case hex; of one to four keys in a list)`,
)

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
