import { runCommand } from './cli/run-command.ts'
import { patientCaller } from './deployment/call.ts'
import { createChecker } from './smoke/check.ts'
import { readDeployed } from './smoke/deployed.ts'
import { checkWhatMustBeRefused } from './smoke/must-be-refused.ts'
import { checkWhatMustWork } from './smoke/must-work.ts'
import { readSmokeOptions, type SmokeOptions, smokeHelp } from './smoke/options.ts'

await runCommand({ help: smokeHelp, readOptions: readSmokeOptions, run: smoke })

async function smoke(options: SmokeOptions): Promise<number> {
  const deployed = await readDeployed(options, process.env.TOKEN)
  const checker = createChecker({ send: patientCaller(options), print: line => console.log(line) })
  await checkWhatMustWork(deployed, checker)
  await checkWhatMustBeRefused(deployed, checker)
  const { ok, failed } = checker.counts
  console.log(`${ok} ok, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
