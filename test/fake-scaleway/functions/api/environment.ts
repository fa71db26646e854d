import type { Arguments } from '../../http/arguments.ts'
import { invalidArgument } from '../../http/errors.ts'
import type { Readings } from '../../readings.ts'
import { hashedValue } from './hashed-value.ts'
import type { Environment, SecretVariable } from './records.ts'

/** No variables at all. */
export const noEnvironment: Environment = { plain: {}, secret: {} }

const plainField = 'environment_variables'
const secretField = 'secret_environment_variables'
// Of namespace and function together (docs/scaleway.md#environment-variables).
const mostVariables = 200
const mostSecretBytes = 65_536

/**
 * Applies the variables of a request to the existing ones: plain ones are replaced as a whole, secret ones are
 * merged, and a secret value that is null or empty removes its key (docs/scaleway.md#secret-variables-in-state).
 * Refuses with 400 what is too long, and `SCW_*`, which the platform reserves (docs/scaleway.md#environment-variables).
 */
export function readEnvironment(body: Arguments, current: Environment, { environmentValue }: Readings): Environment {
  const plain = body.textMap(plainField) ?? current.plain
  for (const [key, value] of Object.entries(plain)) {
    checkKey(plainField, key)
    if (value.length > Number(environmentValue)) throw invalidArgument(plainField, 'constraint', `${key} is too long`)
  }
  return { plain, secret: mergeSecrets(body, current.secret) }
}

function mergeSecrets(body: Arguments, current: Environment['secret']): Environment['secret'] {
  const merged = new Map(Object.entries(current))
  for (const item of body.objects(secretField) ?? []) {
    const key = item.requiredText('key')
    checkKey(secretField, key)
    const value = item.text('value') ?? ''
    if (value === '') merged.delete(key)
    else merged.set(key, secretVariable(key, value))
  }
  return Object.fromEntries(merged)
}

function secretVariable(key: string, value: string): SecretVariable {
  if (Buffer.byteLength(value) > mostSecretBytes) throw invalidArgument(secretField, 'constraint', `${key} is too long`)
  return { value, hashedValue: hashedValue(value) }
}

function checkKey(field: string, key: string): void {
  if (key.startsWith('SCW_')) throw invalidArgument(field, 'constraint', `${key}: names with SCW_ are reserved`)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) throw invalidArgument(field, 'format', 'no name for a variable')
}

/** Refuses with 400 more than 200 plain or 200 secret variables in a function and its namespace together. */
export function checkCount(namespace: Environment, ofFunction: Environment): void {
  const plain = Object.keys({ ...namespace.plain, ...ofFunction.plain }).length
  const secret = Object.keys({ ...namespace.secret, ...ofFunction.secret }).length
  if (plain > mostVariables) throw invalidArgument(plainField, 'constraint', `at most ${mostVariables}`)
  if (secret > mostVariables) throw invalidArgument(secretField, 'constraint', `at most ${mostVariables}`)
}

/**
 * The whole environment that a function is started with. The function's own level wins over its namespace's, and a
 * secret over a plain variable of the same level, which is unknown (docs/scaleway.md#environment-variables).
 */
export function processEnvironment(namespace: Environment, ofFunction: Environment): Record<string, string> {
  return { ...namespace.plain, ...values(namespace), ...ofFunction.plain, ...values(ofFunction) }
}

function values({ secret }: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(secret).map(([key, { value }]) => [key, value]))
}

/** Both fields as an answer shows them: secret values only as hashes. */
export function environmentWire({ plain, secret }: Environment): object {
  return {
    environment_variables: plain,
    secret_environment_variables: Object.entries(secret).map(([key, variable]) => ({
      key,
      hashed_value: variable.hashedValue,
    })),
  }
}
