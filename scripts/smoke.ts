import { runCommand } from './cli/run-command.ts'
import { readSmokeOptions, smokeHelp } from './smoke/options.ts'
import { iamAccess } from './smoke/policies/iam-access.ts'
import { smoke } from './smoke/smoke.ts'

await runCommand({
  help: smokeHelp,
  readOptions: readSmokeOptions,
  run: options =>
    smoke(options, { token: process.env.TOKEN, iam: iamAccess(process.env), print: line => console.log(line) }),
})
