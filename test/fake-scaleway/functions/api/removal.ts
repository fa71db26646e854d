import { found, type Product } from './product.ts'
import type { CronRecord, FunctionRecord, NamespaceRecord } from './records.ts'

/** Removes a CRON, which then no longer fires. */
export function removeCron({ state, crons, triggers }: Product, { id }: CronRecord): void {
  crons.delete(id, state.clock.now().getTime())
  triggers.get(id)?.stop()
  triggers.delete(id)
}

/** Removes a function and its CRONs at once; resolves when its address and process have ended. */
export async function removeFunction(product: Product, { id }: FunctionRecord): Promise<void> {
  product.functions.delete(id, product.state.clock.now().getTime())
  for (const cron of [...product.crons.values()]) if (cron.functionId === id) removeCron(product, cron)
  const hosting = product.hostings.get(id)
  for (const kept of [product.hostings, product.uploads, product.deployedCode, product.deployments]) kept.delete(id)
  await hosting?.end()
}

/** Removes a namespace with its functions at once; resolves when all their processes have ended. */
export async function removeNamespace(product: Product, { id, region }: NamespaceRecord): Promise<void> {
  found(product.namespaces, id, region)
  product.namespaces.delete(id, product.state.clock.now().getTime())
  const functions = [...product.functions.values()].filter(({ namespaceId }) => namespaceId === id)
  await Promise.all(functions.map(record => removeFunction(product, record)))
}
