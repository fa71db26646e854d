import type { Readings } from '../readings.ts'
import { type Call, canonicalName, headersOf } from './forward.ts'

/** What a gate makes of a call's headers. */
interface AtTheGate {
  /** The `X-Auth-Token` that is checked. */
  readonly token: string | undefined
  readonly userAgent: string
  /** The headers that the function gets. */
  readonly passed: Call['headers']
}

type CredentialHeaders = Readings['credentialHeaders']

/** The credential headers that a gate keeps to itself, after it has checked one. */
const keptHeaders: { readonly [Reading in CredentialHeaders]: readonly string[] } = {
  both: [],
  authorization: ['X-Auth-Token'],
  'x-auth-token': ['Authorization'],
  neither: ['X-Auth-Token', 'Authorization'],
}

/**
 * Takes Node's flat list of raw headers and gives what the gate checks and what it passes on. Scaleway's own gate of today
 * is unknown (docs/scaleway.md#gate-headers), so a function has to be safe behind each of these.
 */
export function throughGate(rawHeaders: readonly string[], { gate, credentialHeaders }: Readings): AtTheGate {
  const received = headersOf(rawHeaders)
  const { 'X-Auth-Token': tokens, 'User-Agent': userAgents = [] } = received
  const isHonest = gate === 'passes-on-what-it-checks'
  const withheld = new Set([...keptHeaders[credentialHeaders], ...(isHonest ? [] : namedByConnection(rawHeaders))])
  const passed = Object.entries(received).filter(([name]) => !withheld.has(name))
  return {
    token: isHonest ? tokens?.join(', ') : tokens?.at(0),
    userAgent: userAgents.join(', '),
    passed: Object.fromEntries(
      passed.map(([name, values]) => [name, isHonest ? [values.join(', ')] : values.slice(-1)]),
    ),
  }
}

function namedByConnection(rawHeaders: readonly string[]): string[] {
  const values = rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'connection' && index % 2 === 1,
  )
  return values.flatMap(value => value.split(',')).map(name => canonicalName(name.trim()))
}
