import type { WireRequest } from './http/wire.ts'
import type { Random } from './random.ts'

/** How one call can fail. `done`: the work is done before it fails (default: it is not). */
export type Fault =
  /** The connection breaks and nothing is done. */
  | { readonly kind: 'lost-before' }
  /** The work is done and the connection breaks before the answer. */
  | { readonly kind: 'lost-after' }
  /** The answer is late; with `work: 'late'` the work, too, is done only after the delay. */
  | { readonly kind: 'delay'; readonly milliseconds: number; readonly work?: 'at-once' | 'late' }
  /** 429 of the gateway: empty body, no content type (docs/scaleway.md#rate-limits). */
  | { readonly kind: 'rate-limited' }
  /** A gateway's error page. */
  | { readonly kind: 'status'; readonly status: 500 | 502 | 503 | 504; readonly done?: boolean }
  /** 403 permissions_denied, whatever the policies say (docs/scaleway.md#propagation). */
  | { readonly kind: 'forbidden' }
  /** 404, as reads just after a create (docs/scaleway.md#propagation). */
  | { readonly kind: 'not-found' }
  /** 401 denied_authentication. */
  | { readonly kind: 'unauthorized' }
  /** Any other refusal with a JSON body: 409, 423, quotas_exceeded… */
  | { readonly kind: 'json'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** No answer, ever. */
  | { readonly kind: 'hang'; readonly done?: boolean }
  /** The work is done and the answer is a 200 that cannot be used. */
  | { readonly kind: 'malformed'; readonly how: Malformation }
  /** The work is done and the body trickles. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** The caller is killed before or after the work: `onKill` is called, and the call never ends. */
  | { readonly kind: 'kill-before' | 'kill-after' }

/** The kinds of faults, as the log names them. */
export type FaultKind = Fault['kind']

/** The ways in which a 200 can be unusable. */
export type Malformation =
  | 'html'
  | 'truncated-json'
  | 'wrong-types'
  | 'missing-fields'
  | 'wrong-content-type'
  | 'endless'

/** A call, as a fault's `match` sees it. */
interface FaultedCall {
  readonly operation: string
  readonly method: string
  /** Without query. */
  readonly path: string
  readonly request: WireRequest
}

/** Which calls a fault hits. Everything left out matches. */
interface FaultRule {
  readonly operation?: string
  readonly method?: string
  readonly match?: (call: FaultedCall) => boolean
  /** Begins with the nth matching call from now; 1 by default. */
  readonly nth?: number
  /** How many calls it hits: 1 by default, Infinity with a `rate`. */
  readonly times?: number
  /** The share of matching calls that it hits, 0..1. */
  readonly rate?: number
  readonly fault: Fault
}

/** An item of a list, as `omitFromLists` sees it. */
interface ListedItem {
  /** The list's operation, such as `secrets.listVersions`. */
  readonly operation: string
  /** Access key, `secretId/revision`, or the id. */
  readonly id: string
}

interface ActiveRule {
  readonly rule: FaultRule
  seen: number
  hits: number
}

/** All faults of a local Scaleway. */
export class Faults {
  /** Lists show the state as it was this many seconds ago, at most 3600; everything else is current. */
  listLagSeconds = 0
  /** Called for every kill fault; that call is then never answered. */
  onKill: ((kill: { readonly kind: 'kill-before' | 'kill-after'; readonly operation: string }) => void) | undefined
  readonly #random: Random
  readonly #knows: (operation: string) => boolean
  #rules: ActiveRule[] = []
  #omissions: ((item: ListedItem) => boolean)[] = []

  /** Takes the source of randomness for rates, and which operations there are. */
  constructor({ random, knows }: { random: Random; knows: (operation: string) => boolean }) {
    this.#random = random
    this.#knows = knows
  }

  /**
   * Adds a fault and gives its remover. Of several that hit one call, the oldest wins. An operation that does not exist is an
   * Error, because a test with a misspelt fault would pass without it.
   */
  add(rule: FaultRule): () => void {
    if (rule.operation !== undefined && !this.#knows(rule.operation)) throw new Error(`no operation ${rule.operation}`)
    const active = { rule, seen: 0, hits: 0 }
    this.#rules.push(active)
    return () => {
      this.#rules = this.#rules.filter(other => other !== active)
    }
  }

  /** Makes lists leave these items out. Takes ids or a predicate, gives its remover. */
  omitFromLists(what: readonly string[] | ((item: ListedItem) => boolean)): () => void {
    const omits = typeof what === 'function' ? what : ({ id }: ListedItem) => what.includes(id)
    this.#omissions.push(omits)
    return () => {
      this.#omissions = this.#omissions.filter(other => other !== omits)
    }
  }

  /** Ends all faults, omissions and the lag. `onKill` stays. */
  clear(): void {
    this.#rules = []
    this.#omissions = []
    this.listLagSeconds = 0
  }

  /** The fault that hits this call; every matching rule counts it. */
  pick(call: FaultedCall): Fault | undefined {
    if (this.#rules.length === 0) return undefined
    let picked: Fault | undefined
    for (const active of this.#rules) {
      if (!matches(active.rule, call)) continue
      active.seen += 1
      if (picked !== undefined || !this.#hits(active)) continue
      active.hits += 1
      picked = active.rule.fault
    }
    return picked
  }

  /** True when a list leaves the item out. */
  omits(item: ListedItem): boolean {
    return this.#omissions.some(omits => omits(item))
  }

  #hits({ rule, seen, hits }: ActiveRule): boolean {
    const times = rule.times ?? (rule.rate === undefined ? 1 : Number.POSITIVE_INFINITY)
    if (seen < (rule.nth ?? 1) || hits >= times) return false
    return rule.rate === undefined || this.#random.fraction() < rule.rate
  }
}

function matches(rule: FaultRule, call: FaultedCall): boolean {
  if (rule.operation !== undefined && rule.operation !== call.operation) return false
  if (rule.method !== undefined && rule.method !== call.method) return false
  return rule.match === undefined || rule.match(call)
}
