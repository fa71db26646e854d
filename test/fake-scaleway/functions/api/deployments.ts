import { processEnvironment } from './environment.ts'
import { namespaceOf, type Product } from './product.ts'
import type { FunctionRecord } from './records.ts'

// What the API says for a function without code (recorded: docs/scaleway.md#function-records).
const noCode = 'internal error'
// What people are shown for any error while a handler is loaded (docs/scaleway.md#handlers).
const notLoaded = 'Provided Handler does not exist, or does not export methods properly'

/** Deploys what was uploaded last. Gives the record as it is until the deployment ends: `pending`. */
export function deploy(product: Product, record: FunctionRecord): FunctionRecord {
  const uploaded = product.uploads.get(record.id)
  if (uploaded !== undefined) product.deployedCode.set(record.id, uploaded)
  return begin(product, record)
}

/**
 * Starts the deployed code again, as every change of a function does (docs/scaleway.md#deployments). Code that was
 * uploaded and never deployed stays undeployed.
 */
export function redeploy(product: Product, record: FunctionRecord): FunctionRecord {
  const isWaiting = product.uploads.has(record.id) && !product.deployedCode.has(record.id)
  return isWaiting ? record : begin(product, record)
}

/** Resolves when the status of the function is final, so that a caller need not poll (docs/scaleway.md#provider-calls). */
export async function settled(product: Product, functionId: string): Promise<void> {
  await product.deployments.get(functionId)
}

/** Replaces a function's record by a changed one. */
export function change(product: Product, record: FunctionRecord, changes: Partial<FunctionRecord>): FunctionRecord {
  const now = product.state.clock.now()
  const changed = { ...record, ...changes, updatedAt: now }
  product.functions.set(record.id, changed, now.getTime())
  return changed
}

function begin(product: Product, record: FunctionRecord): FunctionRecord {
  const pending = change(product, record, { status: 'pending', errorMessage: undefined })
  const outcome = run(product, pending).then(errorMessage => settle(product, record.id, errorMessage))
  product.deployments.set(record.id, outcome)
  return pending
}

/** Gives the message that the API has for a deployment that failed; undefined for a good one. */
async function run(product: Product, record: FunctionRecord): Promise<string | undefined> {
  const hosting = product.hostings.get(record.id)
  const zip = product.deployedCode.get(record.id)
  if (hosting === undefined || zip === undefined) return noCode
  const log = (line: string) => product.log(`${record.name.padEnd(9)}  ${line}`)
  const env = processEnvironment(namespaceOf(product, record).environment, record.environment)
  try {
    await hosting.deploy({ zip, handler: record.handler, env, log }, record)
    return undefined
  } catch (error) {
    // The platform gives no more than its message; the reason is only for the log here.
    log(`its deployment failed: ${error instanceof Error ? error.message : error}`)
    return notLoaded
  }
}

function settle(product: Product, functionId: string, errorMessage: string | undefined): void {
  const record = product.functions.get(functionId)
  if (record === undefined) return
  const isGood = errorMessage === undefined
  const readyAt = isGood ? product.state.clock.now() : record.readyAt
  change(product, record, { status: isGood ? 'ready' : 'error', errorMessage, readyAt })
}
