import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { createLog } from '../../../functions/rotation/log.ts'

/** Gives every way in which code, a log, a debugger or the platform may turn a value into text, by name. */
export function printed(value: unknown): [how: string, text: string][] {
  const deep = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxArrayLength: null, maxStringLength: null }
  const ways: [string, () => unknown][] = [
    ['String()', () => String(value)],
    ['a template', () => `${value} ${[value]}`],
    ['JSON', () => JSON.stringify(value)],
    ['JSON of a field', () => JSON.stringify({ deep: [{ value }] })],
    ['inspect', () => inspect(value, deep)],
    ['inspect of getters', () => inspect(value, { ...deep, getters: true })],
    ['inspect without custom forms', () => inspect(value, { ...deep, customInspect: false })],
    ['inspect of a field', () => inspect({ deep: [new Map([['key', value]])] }, deep)],
    ['util.format', () => format('%s %o %O %j', value, value, value, value)],
    ['structuredClone', () => inspect(structuredClone(value), deep)],
    ['v8.serialize', () => serialize(value).toString('latin1')],
    ['properties', () => properties(value, 0).join('\n')],
    ['the log', () => logged(value)],
    ['an error around it', () => inspect(new Error('outer', { cause: value }), deep)],
    ['URLSearchParams', () => new URLSearchParams({ value: String(value) }).toString()],
  ]
  return ways.map(([how, print]) => [how, textOf(print)])
}

/** A value that cannot be cloned or written as JSON throws an error, which is searched as well. */
function textOf(print: () => unknown): string {
  try {
    return String(print())
  } catch (error) {
    return inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })
  }
}

/**
 * Names and values of all properties, including hidden and inherited ones such as stack, message and cause of errors.
 */
function properties(value: unknown, level: number): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || level > 6) return []
  const names = [...Reflect.ownKeys(value), 'message', 'stack', 'cause', 'name']
  return names.flatMap(name => [String(name), ...properties(Reflect.get(value, name), level + 1)])
}

function logged(value: unknown): string {
  const lines: string[] = []
  const log = createLog({ level: 'trace', destination: { write: line => lines.push(line) } })
  log.info({ value, err: value, error: value, deep: { deeper: [value] } }, 'a value')
  log.error({ err: value }, `a value: ${value}`)
  return lines.join('')
}
