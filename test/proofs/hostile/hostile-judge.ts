import type { PlatformResponse } from '../../../functions/shared/endpoint.ts'
import type { Claim, Made } from './hostile-events-made.ts'
import { marker } from './hostile-values.ts'

/** What both functions promise about every answer. */
export interface Promised {
  /** Statuses with the codes that an error of that status may have. */
  readonly codes: Readonly<Record<number, readonly string[]>>
  /** Header names that an answer may have besides the four of every answer. */
  readonly headers: readonly string[]
  readonly maxBytes: number
}

const everyHeader = ['Content-Type', 'Cache-Control', 'Access-Control-Allow-Origin', 'X-Request-Id']

/** Gives the violations of an answer to an event, as sentences without values. */
export function judgeAnswer(answer: PlatformResponse, made: Made, promised: Promised): string[] {
  const { statusCode, headers, body } = answer
  const wrong: string[] = []
  const codes = promised.codes[statusCode]
  if (codes === undefined) wrong.push(`status ${statusCode} is not documented`)
  for (const name of everyHeader) if (headers[name] === undefined) wrong.push(`header ${name} is missing`)
  for (const [name, value] of Object.entries(headers)) {
    if (![...everyHeader, ...promised.headers].includes(name)) wrong.push(`a header that is not documented`)
    if (!/^[\x20-\x7e]+$/.test(value)) wrong.push(`header ${name} has characters that no header may have`)
  }
  if (headers['Content-Type'] !== 'application/json') wrong.push('the content type is wrong')
  if (headers['Cache-Control'] !== 'no-store') wrong.push('the answer may be stored')
  if (!/^[A-Za-z0-9-]{8,64}$/.test(headers['X-Request-Id'] ?? '')) wrong.push('the request id is malformed')
  if (Buffer.byteLength(JSON.stringify(answer)) > promised.maxBytes) wrong.push('the answer is too long')
  if (statusCode === 500 && made.isPlain) wrong.push('500 to an event of plain texts')
  // If an event cannot be read, its method may be unknown as well.
  const isHead = made.method?.toUpperCase() === 'HEAD'
  const isEmpty = (isHead && (statusCode !== 500 || body === '')) || statusCode === 304
  if (isEmpty && body !== '') wrong.push('a body where there must be none')
  if (!isEmpty) wrong.push(...judgeBody(body, codes ?? []))
  if (quotes(JSON.stringify(answer))) wrong.push('a value of the event is in the answer')
  return wrong
}

/** What an event came to besides its answer. */
interface Came {
  readonly answer: PlatformResponse | undefined
  /** How many calls to Scaleway it cost. */
  readonly calls: number
  readonly logged: string
}

/**
 * Gives the violations of an answer to a caller that is not recognised: 403 whatever is asked, 500 only where the event
 * cannot be read, no call to Scaleway, and a line in the log.
 */
export function judgeRefusal({ answer, calls, logged }: Came, claim: Claim, isPlain: boolean): string[] {
  if (isRecognised(claim)) return []
  const status = answer?.statusCode ?? 0
  const wrong = calls > 0 ? [`${calls} calls to Scaleway for a caller that is ${claim}`] : []
  if (status === 500 && !isPlain) return wrong
  if (status !== 403) return [...wrong, `${status} to a caller that is ${claim}`]
  const code = claim === 'absent' ? 'no-credential' : 'unknown-caller'
  const isRight = answer?.body === '' || answer?.body.includes(`"${code}"`) === true
  if (!isRight && claim !== 'obscure') wrong.push(`not answered ${code}`)
  if (!/"(no-credential|unknown-caller)"/.test(logged)) wrong.push('the log does not say who was refused')
  return wrong
}

/** True for a caller that has a credential of the deployment. */
export function isRecognised(claim: Claim): boolean {
  return claim === 'operator' || claim === 'consumer' || claim === 'monitor' || claim === 'cron'
}

function judgeBody(text: string, codes: readonly string[]): string[] {
  const body = parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return ['the body is not a JSON object']
  if (codes.length === 0 || !('error' in body)) return codes.includes('') || codes.length === 0 ? [] : ['no error code']
  return codes.some(code => code === body.error) ? [] : [`error code ${body.error} is not documented for this status`]
}

/** True if the text contains a value of a hostile event, in any escape. */
export function quotes(text: string): boolean {
  return text.includes(marker) || text.includes('X-Injected') || text.includes(Buffer.from(marker).toString('base64'))
}

/** True if an event has changed what every object inherits. */
export function isPolluted(): boolean {
  return 'polluted' in {} || Object.keys(Object.prototype).length > 0 || Object.hasOwn(Object.prototype, 'httpMethod')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
