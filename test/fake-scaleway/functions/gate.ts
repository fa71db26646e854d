import { type Call, canonicalName, headersOf } from './forward.ts'

/**
 * How a gate treats the headers of a call on their way to a function. Scaleway's own gate of today is unknown
 * (docs/scaleway.md#gate-headers), so a function has to be safe behind each of these.
 */
export interface Gate {
  /**
   * A header that is sent more than once: `joined` checks and passes on all its values as one, with commas between
   * them, as Scaleway's Go library of 2023 does and Envoy in its checks. `first-checked-last-passed` checks the first
   * `X-Auth-Token` and passes on the last value of every header, as Scaleway's runtime of 2021 did.
   */
  readonly duplicates: 'joined' | 'first-checked-last-passed'
  /** Takes away the headers that `Connection` names, after the check, as Go's reverse proxy does (RFC 9110 §7.6.1). */
  readonly dropsConnectionNamed: boolean
  /** Names of the headers that never reach a function, in any casing: a gate may keep the credential that it checked. */
  readonly keeps: readonly string[]
}

/** A gate that joins and passes on everything: what the local Scaleway has unless told otherwise. */
export const plainGate: Gate = { duplicates: 'joined', dropsConnectionNamed: false, keeps: [] }

/** What a gate makes of a call's headers. */
interface AtTheGate {
  /** The `X-Auth-Token` that is checked. */
  readonly token: string | undefined
  readonly userAgent: string
  /** The headers that the function gets. */
  readonly passed: Call['headers']
}

/** Takes Node's flat list of raw headers and gives what the gate checks and what it passes on. */
export function throughGate(rawHeaders: readonly string[], gate: Gate): AtTheGate {
  const received = headersOf(rawHeaders)
  const { 'X-Auth-Token': tokens, 'User-Agent': userAgents = [] } = received
  const kept = gate.keeps.map(canonicalName)
  const withheld = new Set(gate.dropsConnectionNamed ? [...kept, ...namedByConnection(rawHeaders)] : kept)
  const passed = Object.entries(received).filter(([name]) => !withheld.has(name))
  const isJoined = gate.duplicates === 'joined'
  return {
    token: isJoined ? tokens?.join(', ') : tokens?.at(0),
    userAgent: userAgents.join(', '),
    passed: Object.fromEntries(
      passed.map(([name, values]) => [name, isJoined ? [values.join(', ')] : values.slice(-1)]),
    ),
  }
}

function namedByConnection(rawHeaders: readonly string[]): string[] {
  const values = rawHeaders.filter(
    (_, index) => rawHeaders[index - 1]?.toLowerCase() === 'connection' && index % 2 === 1,
  )
  return values.flatMap(value => value.split(',')).map(name => canonicalName(name.trim()))
}
