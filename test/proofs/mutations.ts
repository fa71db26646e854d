import type { BadLife, Extent, Outcome, Piece, Proof, Row } from './harness/proof.ts'
import { withBundle } from './mutations/bundle.ts'
import { isCovered, mutations } from './mutations/list.ts'
import { type Lived, live } from './mutations/live.ts'
import type { Mutation } from './mutations/mutation.ts'
import { type ScenarioName, scenarioNames } from './scenarios.ts'

/** A share takes every fourth mutation, from the one that the seed says. */
const strides: Record<Extent, number> = { share: 4, full: 1 }
/** Simulated runs of each scenario with the code unchanged. */
const controlLives: Record<Extent, number> = { share: 5, full: 100 }
/** Simulated runs of each scenario of a mutation, in the full extent. */
const fullLives = 60
/**
 * After this many simulated runs without a violation, a mutation counts as not shown: the rarest situation occurs about
 * once in 50.
 */
const maxLives = 300
/** For a covered clause no violation is expected. */
const coveredLives = 10

/**
 * The first piece executes every scenario with the code unchanged: no simulated run may be bad. Every other piece
 * switches one rule or clause off, and there it is the reverse: the proof fails if no simulated run is bad. The full
 * extent executes enough of each scenario to say how often; a share ends with the first bad one.
 */
export const mutationsProof: Proof = {
  name: 'mutations',
  does: 'switches one rule or one clause off at a time, and simulates what it is for',
  promises: 'every rule is needed: without it some simulations are bad, with it none',
  unit: 'simulations',
  pieces: extent => 1 + Math.ceil(mutations.length / strides[extent]),
  live: async piece => {
    if (piece.index === 0) return control(piece)
    const mutation = chosen(piece)
    return mutation === undefined ? { units: 0, bad: [] } : outcomeOf(mutation, await livesOf(mutation, piece))
  },
  remark: ({ mutations: all = 0, shown = 0, 'bad simulations without a rule': bad = 0 }) =>
    `${shown} of ${all} rules and clauses are needed, as ${bad} bad simulations without them show`,
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
  const texts = violations.map(({ invariant, detail }) => `${invariant}: ${detail}`)
  return { life: `${scenario}, seed ${seed}`, violations: texts, history }
}

type LivesOf = Readonly<Partial<Record<ScenarioName, readonly Lived[]>>>

async function livesOf(mutation: Mutation, { extent, seed }: Piece): Promise<LivesOf> {
  return withBundle(mutation, async bundle => {
    const lived: Partial<Record<ScenarioName, Lived[]>> = {}
    const extend = async (scenario: ScenarioName, count: number, untilBad: boolean) => {
      const known = lived[scenario] ?? []
      const more = await live(bundle, { scenario, firstSeed: seed + known.length, count, untilBad })
      lived[scenario] = [...known, ...more]
    }
    if (extent === 'full') for (const scenario of mutation.shows) await extend(scenario, fullLives, false)
    const [first] = mutation.shows
    const isShown = Object.values(lived).flat().some(isBad)
    const most = isCovered(mutation) ? coveredLives : maxLives
    if (!isShown && !(isCovered(mutation) && extent === 'full')) await extend(first, most, true)
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
  const figures = { mutations: 1, shown: seen ? 1 : 0, 'bad simulations without a rule': bad.length }
  const unseen = {
    life: `without "${mutation.name}" (rule ${mutation.rule})`,
    violations: [`none of ${lives.length} simulations is bad: a scenario is missing, or the clause can be deleted`],
    history: Object.entries(lived).map(([scenario, { length }]) => `${scenario}: ${length} simulations`),
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
    simulations: lives.length,
    bad: bad.length,
    'violated most often': most[0],
  }
}
