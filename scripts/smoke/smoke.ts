import { patientCaller } from '../deployment/call.ts'
import { createChecker } from './check.ts'
import { readDeployed } from './deployed.ts'
import { checkDishonestForms } from './dishonest-forms.ts'
import { checkWhatMustBeRefused } from './must-be-refused.ts'
import { checkWhatMustWork } from './must-work.ts'
import type { SmokeOptions } from './options.ts'
import { checkPolicies } from './policies/check.ts'
import type { IamAccess } from './policies/iam-access.ts'

/** What the command takes from its process. */
interface Surroundings {
  /** The operator's secret key where Terraform made none. */
  readonly token: string | undefined
  /** The key of whoever runs this, which may be one that reads IAM. */
  readonly iam?: IamAccess | undefined
  readonly print: (line: string) => void
}

/**
 * Checks a deployment, prints a line for each check and gives the exit code.
 * @throws {CannotProceedError} when the deployment or the operator's key cannot be found
 */
export async function smoke(options: SmokeOptions, { token, iam, print }: Surroundings): Promise<number> {
  const deployed = await readDeployed(options, token)
  const { callerHeaders } = deployed
  const checker = createChecker({ send: patientCaller({ waitSeconds: options.waitSeconds, callerHeaders }), print })
  await checkWhatMustWork(deployed, checker)
  await checkWhatMustBeRefused(deployed, checker)
  await checkDishonestForms(deployed, checker)
  await checkPolicies({ granted: deployed.granted, access: iam, waitSeconds: options.waitSeconds }, checker)
  const { ok, failed } = checker.counts
  print(`${ok} ok, ${failed} failed`)
  return failed === 0 ? 0 : 1
}
