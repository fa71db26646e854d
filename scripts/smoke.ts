import { CannotProceedError } from './cli/cannot-proceed.ts'
import { patientCaller } from './deployment/call.ts'
import { createChecker } from './smoke/check.ts'
import { readDeployed } from './smoke/deployed.ts'
import { checkWhatMustBeRefused } from './smoke/must-be-refused.ts'
import { checkWhatMustWork } from './smoke/must-work.ts'
import { readSmokeOptions, smokeHelp } from './smoke/options.ts'

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof CannotProceedError)) throw error
  console.error(error.message)
  return 2
})

async function main(): Promise<number> {
  const options = readSmokeOptions(process.argv.slice(2))
  if (options.help) {
    console.log(smokeHelp)
    return 0
  }
  const deployed = await readDeployed(options, process.env.TOKEN)
  const checker = createChecker({ send: patientCaller(options), print: line => console.log(line) })
  await checkWhatMustWork(deployed, checker)
  await checkWhatMustBeRefused(deployed, checker)
  const { ok, failed } = checker.counts
  console.log(`${ok} ok, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
