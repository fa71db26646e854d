import { BlockList, isIP } from 'node:net'
import { Environment } from '@marcbachmann/cel-js'

/** What a condition can look at (docs/scaleway.md#conditions). A missing resource field is absent, not empty. */
interface ConditionFacts {
  readonly request: { readonly ip: string; readonly user_agent: string; readonly time: Date }
  readonly resource: { readonly id?: string; readonly name?: string; readonly locality?: string }
}

/** A compiled condition: gives whether it holds. One that cannot be evaluated does not hold, because CEL errors deny. */
export type Condition = (facts: ConditionFacts) => boolean

/** Longest condition of a rule, in characters (docs/scaleway.md#conditions). */
export const MAX_CONDITION_LENGTH = 2048

const environment = new Environment()
  .registerVariable('request', 'map')
  .registerVariable('resource', 'map')
  .registerFunction('inIpRange(dyn, string): bool', inIpRange)

/**
 * Takes CEL text and gives the compiled condition, or undefined when its syntax is wrong. Only syntax is checked
 * (docs/scaleway.md#conditions).
 */
export function compileCondition(text: string): Condition | undefined {
  if (text.trim() === '') return () => true
  const evaluate = parse(text)
  return evaluate === undefined ? undefined : facts => holds(evaluate, facts)
}

function parse(text: string): ((facts: ConditionFacts) => unknown) | undefined {
  try {
    const compiled = environment.parse(text)
    return facts => compiled({ request: facts.request, resource: facts.resource })
  } catch {
    return undefined
  }
}

function holds(evaluate: (facts: ConditionFacts) => unknown, facts: ConditionFacts): boolean {
  try {
    return evaluate(facts) === true
  } catch {
    return false
  }
}

/** False for an address outside the range, for a malformed range and for a malformed address. */
function inIpRange(address: unknown, range: string): boolean {
  const [network = '', prefix] = range.split('/')
  if (typeof address !== 'string' || isIP(address) === 0 || isIP(network) !== isIP(address)) return false
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  if (prefix === undefined) list.addAddress(network, family)
  else list.addSubnet(network, Number(prefix), family)
  return list.check(address, family)
}
