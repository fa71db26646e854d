import type { Chance } from '../harness/chance.ts'
import { marker } from './hostile-values.ts'

/** The headers of an event, and who they make its caller: nobody, by no credential at all or by one that is unclear. */
export interface Forged {
  readonly form: string
  readonly headers: unknown
  readonly multiValueHeaders?: unknown
  readonly claim: 'absent' | 'unknown'
}

type Form = readonly [form: string, make: (key: string, other: string) => Omit<Forged, 'form'>]

const nobody = (headers: unknown, multiValueHeaders?: unknown) => unclear('absent', headers, multiValueHeaders)
const unknown = (headers: unknown, multiValueHeaders?: unknown) => unclear('unknown', headers, multiValueHeaders)

function unclear(claim: Forged['claim'], headers: unknown, multiValueHeaders?: unknown): Omit<Forged, 'form'> {
  return { claim, headers, ...(multiValueHeaders !== undefined && { multiValueHeaders }) }
}

const bearer = (key: string) => `Bearer ${key}`

/** Every way in which a credential may be missing or unclear. Each takes a key that is known and one that is not. */
const forms: readonly [Form, ...Form[]] = [
  ['no headers', () => nobody(undefined)],
  ['null for headers', () => nobody(null)],
  ['no credential', () => nobody({ Host: 'x' })],
  ['another header', key => nobody({ 'X-Auth-Tokens': key, 'X-Session-Token': key, Cookie: key })],
  ['a list of pairs', key => nobody([['X-Auth-Token', key]])],
  ['text for headers', key => nobody(`X-Auth-Token: ${key}`)],
  ['__proto__', key => nobody(JSON.parse(`{"__proto__":{"X-Auth-Token":"${key}"}}`))],
  ['inherited', key => nobody(Object.create({ 'X-Auth-Token': key }))],
  ['a key that is on no list', (_, other) => unknown({ 'X-Auth-Token': other, Authorization: bearer(other) })],
  ['empty', () => unknown({ 'X-Auth-Token': '' })],
  ['empty beside a known one', key => unknown({ 'X-Auth-Token': '', Authorization: bearer(key) })],
  ['all three empty', () => unknown({ 'X-Auth-Token': '', Authorization: '', 'X-Caller-Key': '' })],
  ['an empty list', () => unknown({ 'X-Auth-Token': [] })],
  ['a list of one beside an empty one', key => unknown({ 'X-Auth-Token': [key], Authorization: [] })],
  ['twice the same', key => unknown({ 'X-Auth-Token': [key, key] })],
  ['the known one first', (key, other) => unknown({ 'X-Auth-Token': [key, other] })],
  ['the known one last', (key, other) => unknown({ 'X-Auth-Token': [other, key] })],
  ['two casings', (key, other) => unknown({ 'x-auth-token': other, 'X-Auth-Token': key })],
  ['two casings of the same', key => unknown({ authorization: bearer(key), Authorization: bearer(key) })],
  ['twice among several values', (key, other) => unknown({ 'X-Auth-Token': key }, { 'X-Auth-Token': [other, key] })],
  ['among several values alone', (key, other) => unknown({}, { 'x-auth-token': [key, other] })],
  ['X-Auth-Token names another', (key, other) => unknown({ 'X-Auth-Token': other, Authorization: bearer(key) })],
  ['Authorization names another', (key, other) => unknown({ 'X-Auth-Token': key, Authorization: bearer(other) })],
  ['X-Caller-Key names another', (key, other) => unknown({ 'X-Auth-Token': key, 'X-Caller-Key': other })],
  ['X-Caller-Key is a list', key => unknown({ 'X-Auth-Token': key, 'X-Caller-Key': [key, key] })],
  ['joined by a comma', (key, other) => unknown({ 'X-Auth-Token': `${other}, ${key}` })],
  ['the same joined by a comma', key => unknown({ 'X-Auth-Token': `${key},${key}` })],
  ['schemes joined by a comma', key => unknown({ Authorization: `${bearer(key)}, ${bearer(key)}` })],
  ['Basic', key => unknown({ Authorization: `Basic ${key}` })],
  ['no scheme', key => unknown({ Authorization: key })],
  ['a scheme alone', () => unknown({ Authorization: 'Bearer ' })],
  ['a scheme and two words', key => unknown({ Authorization: `Bearer ${key} ${key}` })],
  ['a scheme in X-Auth-Token', key => unknown({ 'X-Auth-Token': bearer(key) })],
  ['a space before it', key => unknown({ 'X-Auth-Token': ` ${key}` })],
  ['a line break after it', key => unknown({ 'X-Auth-Token': `${key}\n` })],
  ['capitals', key => unknown({ 'X-Auth-Token': key.toUpperCase() })],
  ['a piece of it', key => unknown({ 'X-Auth-Token': key.slice(0, -1) })],
  ['a number', () => unknown({ 'X-Auth-Token': 1 })],
  ['null', () => unknown({ 'X-Auth-Token': null })],
  ['undefined', () => unknown({ 'X-Auth-Token': undefined })],
  ['true', () => unknown({ 'X-Auth-Token': true })],
  ['an object', key => unknown({ 'X-Auth-Token': { toString: () => key } })],
  ['bytes', key => unknown({ 'X-Auth-Token': Buffer.from(key) })],
  ['a list in a list', key => unknown({ 'X-Auth-Token': [[key]] })],
]

/** Makes headers whose caller is nobody. Takes a secret key that a known caller has; values may be copies of it. */
export function forge(luck: Chance, key: string): Forged {
  const [form, make] = luck.one(forms)
  return { form, ...make(key, `${marker}-token`) }
}

/** A body with a token of the CRON's, and whether it is the right one. */
export interface Tokened {
  readonly form: string
  readonly body: string
  readonly isRight: boolean
}

/** Makes a body with a token. Takes the right one; every second body has it. */
export function tokenedBody(luck: Chance, right: string): Tokened {
  const action = luck.one(['rotate', 'tend', 'revoke', 'rollback'])
  if (luck.happens(0.4)) {
    const body = JSON.stringify({ action, token: right, ...(luck.happens(0.2) && { force: true }) })
    return { form: 'the right token', body, isRight: true }
  }
  const [form, token] = luck.one<readonly [string, string]>([
    ['a wrong token', JSON.stringify('0'.repeat(64))],
    ['an empty token', '""'],
    ['a token of text', `"${marker}"`],
    ['a piece of the token', JSON.stringify(right.slice(0, 62))],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['a list', JSON.stringify([right])],
    ['an object', JSON.stringify({ token: right })],
    ['a wrong one after the right one', `${JSON.stringify(right)},"token":"${marker}"`],
  ])
  return { form, body: `{"action":"${action}","token":${token}}`, isRight: false }
}
