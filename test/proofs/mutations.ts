import type { BadLife, Extent, Outcome, Piece, Proof, Row } from './harness/proof.ts'
import { withBundle } from './mutations/bundle.ts'
import { isCovered, mutations } from './mutations/list.ts'
import { type Lived, live } from './mutations/live.ts'
import type { Mutation } from './mutations/mutation.ts'
import { type ScenarioName, scenarioNames } from './scenarios.ts'

/** A share takes every second mutation: the odd or the even ones, as the seed is. */
const strides: Record<Extent, number> = { share: 2, full: 1 }
/** Lives of each scenario with the code as it is. */
const controlLives: Record<Extent, number> = { share: 5, full: 100 }
/** Lives of each scenario of a mutation, in full. */
const fullLives = 60
/** Where a mutation that no life has shown yet is given up: the rarest moment comes about once in 50 lives. */
const mostLives = 300
/** For a clause that is covered, none is expected. */
const coveredLives = 10

/**
 * The first piece lives every scenario with the code as it is: no life may be bad. Each other one switches one rule or
 * clause off, and here it is the other way round: if no life is bad, the proof is.
 * In full, so many lives of each scenario are lived that it can be told how often; a share ends with the first bad life.
 */
export const mutationsProof: Proof = {
  name: 'mutations',
  does: 'switches one rule or one clause off at a time, and lives what it is for',
  promises: 'every rule matters: without it there are bad lives, with it none',
  unit: 'lives',
  pieces: extent => 1 + Math.ceil(mutations.length / strides[extent]),
  live: async piece => {
    if (piece.index === 0) return control(piece)
    const mutation = chosen(piece)
    return mutation === undefined ? { units: 0, bad: [] } : outcomeOf(mutation, await livesOf(mutation, piece))
  },
  remark: ({ mutations: all = 0, shown = 0, 'bad lives without a rule': bad = 0 }) =>
    `${shown} of ${all} rules and clauses are missed when they are off, by ${bad} bad lives`,
}

function chosen({ index, extent, seed }: Piece): Mutation | undefined {
  const stride = strides[extent]
  return mutations[(index - 1) * stride + (seed % stride)]
}

async function control({ extent, seed }: Piece): Promise<Outcome> {
  return withBundle(undefined, async bundle => {
    const bad: BadLife[] = []
    let units = 0
    for (const scenario of scenarioNames) {
      const series = { scenario, firstSeed: seed, count: controlLives[extent], untilBad: false }
      const lives = await live(bundle, series)
      units += lives.length
      bad.push(...lives.filter(isBad).map(lived => badLife(scenario, lived)))
    }
    return { units, bad }
  })
}

function badLife(scenario: ScenarioName, { seed, violations, history }: Lived): BadLife {
  const told = violations.map(({ invariant, detail }) => `${invariant}: ${detail}`)
  return { life: `${scenario}, seed ${seed}`, violations: told, history }
}

type LivesOf = Readonly<Partial<Record<ScenarioName, readonly Lived[]>>>

async function livesOf(mutation: Mutation, { extent, seed }: Piece): Promise<LivesOf> {
  return withBundle(mutation, async bundle => {
    const lived: Partial<Record<ScenarioName, Lived[]>> = {}
    const goOn = async (scenario: ScenarioName, count: number, untilBad: boolean) => {
      const known = lived[scenario] ?? []
      const more = await live(bundle, { scenario, firstSeed: seed + known.length, count, untilBad })
      lived[scenario] = [...known, ...more]
    }
    if (extent === 'full') for (const scenario of mutation.shows) await goOn(scenario, fullLives, false)
    const [first] = mutation.shows
    const isShown = Object.values(lived).flat().some(isBad)
    const most = isCovered(mutation) ? coveredLives : mostLives
    if (!isShown && !(isCovered(mutation) && extent === 'full')) await goOn(first, most, true)
    return lived
  })
}

function isBad({ violations }: Lived): boolean {
  return violations.length > 0
}

function outcomeOf(mutation: Mutation, lived: LivesOf): Outcome {
  const lives = Object.values(lived).flat()
  const bad = lives.filter(isBad)
  const seen = bad.length > 0
  const figures = { mutations: 1, shown: seen ? 1 : 0, 'bad lives without a rule': bad.length }
  const unseen = {
    life: `without "${mutation.name}" (rule ${mutation.rule})`,
    violations: [`none of ${lives.length} lives is bad: a scenario is missing, or the clause can go`],
    history: Object.entries(lived).map(([scenario, { length }]) => `${scenario}: ${length} lives`),
  }
  const row = rowOf(mutation, lives, bad)
  if (isCovered(mutation)) return { units: lives.length, bad: [], rows: [{ ...row, 'why it stays': mutation.why }] }
  return { units: lives.length, bad: seen ? [] : [unseen], figures, rows: [row] }
}

function rowOf({ name, rule, off, shows }: Mutation, lives: readonly Lived[], bad: readonly Lived[]): Row {
  const times = new Map<string, number>()
  for (const { invariant } of bad.flatMap(({ violations }) => violations)) {
    times.set(invariant, (times.get(invariant) ?? 0) + 1)
  }
  const [most = ['–']] = [...times].sort(([, one], [, other]) => other - one)
  return {
    rule,
    mutation: name,
    'switched off': off,
    scenarios: shows.join(', '),
    lives: lives.length,
    bad: bad.length,
    'what is violated most': most[0],
  }
}
