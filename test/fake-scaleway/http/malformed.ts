import type { Malformation } from '../faults.ts'
import { isRecord, parseJson } from './arguments.ts'
import { type HttpAnswer, JSON_TYPE } from './wire.ts'

/** The page that a gateway shows instead of an answer. */
export const ERROR_PAGE = '<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>\n'

/** Takes a true answer and gives a 200 that cannot be used, in one of six ways. */
export function malform(answer: HttpAnswer, how: Malformation): HttpAnswer {
  const bad = { kind: 'answer', status: 200, headers: { 'content-type': JSON_TYPE } } as const
  switch (how) {
    case 'html':
      return { ...bad, headers: { 'content-type': 'text/html; charset=utf-8' }, body: ERROR_PAGE }
    case 'truncated-json':
      return { ...bad, body: answer.body === '' ? '{"' : answer.body.slice(0, Math.ceil(answer.body.length / 2)) }
    case 'wrong-types':
      return { ...bad, body: JSON.stringify(distort(parseJson(answer.body || '{}'))) }
    case 'missing-fields':
      return { ...bad, body: '{}' }
    case 'wrong-content-type':
      return { ...bad, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: answer.body }
    case 'endless':
      return { ...bad, body: '{"padding":"', endless: true }
  }
}

/** Every leaf gets another type, every list becomes an object. */
function distort(value: unknown): unknown {
  if (Array.isArray(value))
    return Object.fromEntries(value.map((item: unknown, index) => [String(index), distort(item)]))
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, distort(field)]))
  return typeof value === 'number' ? String(value) : 42
}
