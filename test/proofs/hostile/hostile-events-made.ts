import type { Chance } from '../harness/chance.ts'
import { forge, tokenedBody } from './forged-credentials.ts'
import { oddBodies, plainBodies } from './hostile-bodies.ts'
import { anyValue, marker, texts } from './hostile-values.ts'

/**
 * The caller that an event is from: one of the deployment's, nobody by no credential at all or by one that is unclear, and
 * `obscure` for nobody by something that is not clearly either.
 */
export type Claim = 'operator' | 'consumer' | 'monitor' | 'cron' | 'unknown' | 'absent' | 'obscure'

/** An event and its parts. A part that is not plain text is undefined here. */
export interface Made {
  readonly event: unknown
  /** A short description without its values. */
  readonly label: string
  readonly method: string | undefined
  readonly path: string | undefined
  readonly body: string | undefined
  /** By its headers. */
  readonly claim: Claim
  /** By the token of its body; undefined if that has none. */
  readonly byToken: 'cron' | 'unknown' | undefined
  /** True if it holds plain data only: then the function has no reason to answer 500. */
  readonly isPlain: boolean
}

/** The secret keys that callers present, and the token of the CRON. */
type Tokens = Readonly<Record<'operator' | 'consumer' | 'monitor' | 'cron', string>>

/**
 * Makes an event: a plausible one with one to all of its parts hostile, or any value at all. Takes the usual methods.
 */
export function makeEvent(luck: Chance, tokens: Tokens, methods: readonly [string, ...string[]]): Made {
  if (luck.happens(0.08)) return whole(luck)
  const method = part(luck, 0.08, luck.happens(0.1) ? oddMethods : methods)
  const path = part(luck, 0.04, luck.happens(0.1) ? oddPaths : usualPaths)
  const { headers, multiValueHeaders, claim, isPlain, form } = makeHeaders(luck, tokens)
  const tokened = luck.happens(0.15) ? tokenedBody(luck, tokens.cron) : undefined
  const body = tokened?.body ?? part(luck, 0.15, [...plainBodies, ...plainBodies, ...oddBodies(luck)])
  const rest = Object.fromEntries(others.filter(() => luck.happens(0.3)).map(name => [name, anyValue(luck)]))
  const several = multiValueHeaders === undefined ? {} : { multiValueHeaders }
  const parts = { httpMethod: method, path, headers, body, isBase64Encoded: luck.happens(0.3), ...rest, ...several }
  // Without its several values a doubled credential would be one that is clear, and right.
  const stays = (name: string) => name === 'multiValueHeaders' || luck.happens(0.97)
  const given = Object.fromEntries(Object.entries(parts).filter(([name]) => stays(name)))
  return {
    event: given,
    label: `${kindOf(method)} method, ${kindOf(path)} path, ${claim} caller${form}, ${tokened?.form ?? kindOf(body)} body, ${Object.keys(rest)}`,
    method: asText('httpMethod' in given ? method : undefined),
    path: asText('path' in given ? path : undefined),
    body: 'body' in given ? asText(body ?? '') : '',
    claim: 'headers' in given ? claim : 'obscure',
    byToken: tokened === undefined || !('body' in given) ? undefined : tokened.isRight ? 'cron' : 'unknown',
    isPlain:
      isPlain && !('multiValueHeaders' in rest) && [method, path, body].every(value => typeof value === 'string'),
  }
}

function whole(luck: Chance): Made {
  const isRequest = luck.happens(0.2)
  return {
    event: isRequest ? { ...texts, httpMethod: 'GET', headers: anyValue(luck) } : anyValue(luck),
    label: isRequest ? 'a GET with any value for headers' : 'any value',
    method: isRequest ? 'GET' : undefined,
    path: undefined,
    body: undefined,
    claim: 'obscure',
    byToken: undefined,
    isPlain: false,
  }
}

const oddMethods = ['poſt', 'PUT', 'CONNECT', 'P OST', 'GET\r\n', ...texts] as const
/** The paths of the only key. */
const usualPaths = ['/', '', '/default'] as const
const oddPaths = [
  '/other',
  '/constructor',
  '/default/',
  '/DEFAULT',
  '/default?x=1',
  '//',
  '/?x=1',
  '/../',
  '/%2f',
  `/${marker}`,
  ...texts,
] as const

/** True for a path at which the only key is; none is `/`. */
export function isUsual(path: string | undefined): boolean {
  return path === undefined || usualPaths.some(usual => usual === path)
}

const others = [
  'queryStringParameters',
  'requestContext',
  'multiValueHeaders',
  'isBase64Encoded',
  'stageVariables',
  'constructor',
  'rawPath',
  'method',
] as const

function part(luck: Chance, wild: number, plausible: readonly [string, ...string[]]): unknown {
  return luck.happens(wild) ? anyValue(luck) : luck.one(plausible)
}

interface Headed {
  readonly headers: unknown
  readonly multiValueHeaders?: unknown
  readonly claim: Claim
  readonly isPlain: boolean
  /** How the credential is wrong, for the description. */
  readonly form: string
}

function makeHeaders(luck: Chance, tokens: Tokens): Headed {
  if (luck.happens(0.08)) return { headers: anyValue(luck), claim: 'obscure', isPlain: false, form: '' }
  const claim = luck.one(['operator', 'consumer', 'monitor', 'nobody'] as const)
  if (claim === 'nobody' || luck.happens(0.1)) {
    const { form, ...forged } = forge(luck, luck.one([tokens.operator, tokens.consumer, tokens.monitor]))
    return { ...forged, isPlain: true, form: ` (${form})` }
  }
  const headers: [string, unknown][] = []
  const isPlain = luck.happens(0.7)
  const noise = luck.between(0, 6)
  for (let left = noise; left > 0; left--) {
    headers.push([luck.one(noiseNames), isPlain ? luck.one(texts) : anyValue(luck)])
  }
  const present: readonly [string, ...string[]] = luck.one([
    [luck.one(['X-Auth-Token', 'x-auth-token', 'X-AUTH-TOKEN'])],
    [luck.one(['Authorization', 'aUTHORIZATION'])],
    ['X-Caller-Key'],
    ['X-Auth-Token', 'Authorization'],
    ['x-auth-token', 'authorization', 'x-caller-key'],
  ])
  for (const name of present) {
    const value = /^a/i.test(name) ? `${luck.one(['Bearer', 'bearer', 'BEARER'])} ${tokens[claim]}` : tokens[claim]
    headers.push([name, luck.happens(0.1) ? [value] : value])
  }
  return { headers: Object.fromEntries(headers), claim, isPlain, form: '' }
}

const noiseNames = [
  'If-None-Match',
  'cache-control',
  'X-Request-Id',
  'x-request-id',
  'Host',
  'X-Forwarded-For',
  'Content-Type',
  'Content-Length',
  'Transfer-Encoding',
  '__proto__',
  'constructor',
  'toString',
  '',
  `X-${marker}`,
  '\0',
] as const

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `long (${value.length})` : JSON.stringify(value)
  return `${typeof value}`
}
