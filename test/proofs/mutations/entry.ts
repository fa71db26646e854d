import { isScenarioName, scenarios } from '../scenarios.ts'

/**
 * Executes simulated runs in a process of its own and writes one JSON line for each. Arguments: the scenario, the first
 * seed, how many, and `first` to stop at the first bad one.
 */
const [scenario = '', firstSeed, count, stopAt] = process.argv.slice(2)
if (!isScenarioName(scenario)) throw new Error(`there is no scenario ${scenario}`)
for (let seed = Number(firstSeed); seed < Number(firstSeed) + Number(count); seed++) {
  const lived = await scenarios[scenario](seed).then(
    ({ watch, history }) => ({
      violations: watch.violations.map(({ invariant, detail }) => ({ invariant, detail })),
      history: history.slice(-40),
    }),
    error => ({ violations: [{ invariant: 'the simulated run can be executed', detail: String(error) }], history: [] }),
  )
  process.stdout.write(`${JSON.stringify({ seed, ...lived })}\n`)
  if (stopAt === 'first' && lived.violations.length > 0) break
}
// Runs that were killed in a simulated run wait forever.
process.exit(0)
