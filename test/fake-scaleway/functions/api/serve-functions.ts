import type { FakeScaleway } from '../../scaleway.ts'
import { realSleep, type Sleep } from '../../sleep.ts'
import type { Reply } from '../forward.ts'
import { FUNCTIONS } from './arguments.ts'
import { cronRoutes } from './cron-routes.ts'
import { functionRoutes } from './function-routes.ts'
import { namespaceRoutes } from './namespace-routes.ts'
import { createProduct, type Product } from './product.ts'
import type { CronRecord, FunctionRecord, FunctionStatus } from './records.ts'
import { removeNamespace } from './removal.ts'
import { runtimesWire } from './runtimes.ts'
import { uploadRoutes } from './upload-routes.ts'

/** What the Functions of a local Scaleway need. */
export interface FunctionsOptions {
  readonly scaleway: FakeScaleway
  /** Where that local Scaleway is served, without a slash at the end: uploads go there. */
  readonly apiUrl: string
  /** True: CRONs fire by their schedule. By default they are fired manually alone. */
  readonly schedule?: boolean
  /** How a caller waits for a cold start; in real time when left out. */
  readonly sleep?: Sleep
  /** When the caller of a CRON hangs up that does; after 60 s when left out. */
  readonly cronPatienceMilliseconds?: number
  /** Gets what the functions write and the outcomes of CRONs and deployments, line by line. */
  readonly log?: (line: string) => void
}

/** A deployed function as a test or a person sees it. No value of any variable is in it. */
interface DeployedFunction {
  readonly id: string
  readonly name: string
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string
  readonly status: FunctionStatus
  readonly errorMessage: string | undefined
  /** Names of its own plain variables. */
  readonly environmentKeys: readonly string[]
  /** Names of its own secret variables. */
  readonly secretEnvironmentKeys: readonly string[]
  /** The process that serves it, if any. */
  readonly processId: number | undefined
}

/** A CRON as a test or a person sees it. */
type DeployedCron = Pick<CronRecord, 'id' | 'name' | 'schedule' | 'args' | 'functionId'>

/** What has been deployed on a local Scaleway. */
interface Deployments {
  functions(): readonly DeployedFunction[]
  crons(): readonly DeployedCron[]
  /** True when a namespace is in that project. */
  usesProject(projectId: string): boolean
  /** Fires a CRON now, as its schedule would; gives what the function answered, with status 0 when no answer came. @throws without exactly one of that name */
  fire(cronName: string): Promise<Pick<Reply, 'status'> & { readonly body: string }>
  /** Ends every function's process and address, and every CRON. The routes stay, over an empty project. */
  close(): Promise<void>
}

/**
 * Adds the Functions API to a local Scaleway: what is deployed through it runs on this machine, each function in a
 * process of its own with exactly the variables that were sent (docs/scaleway.md#functions-api, #zips).
 */
export async function serveFunctions(options: FunctionsOptions): Promise<Deployments> {
  const { scaleway, apiUrl, schedule = false, log = () => undefined } = options
  const { sleep = realSleep(false), cronPatienceMilliseconds = 60_000 } = options
  const { state } = scaleway
  const product = createProduct({ state, authority: scaleway, apiUrl, schedule, sleep, cronPatienceMilliseconds, log })
  scaleway.addRoutes([
    ...namespaceRoutes(product),
    ...functionRoutes(product),
    ...uploadRoutes(product),
    ...cronRoutes(product),
    {
      operation: 'functions.listRuntimes',
      method: 'GET',
      path: `${FUNCTIONS}/runtimes`,
      handle: () => ({ runtimes: runtimesWire(), total_count: runtimesWire().length }),
    },
  ])
  return {
    functions: () => Array.from(product.functions.values(), record => seen(product, record)),
    crons: () =>
      Array.from(product.crons.values(), ({ id, name, schedule, args, functionId }) => ({
        id,
        name,
        schedule,
        args,
        functionId,
      })),
    usesProject: id => [...product.namespaces.values()].some(({ projectId }) => projectId === id),
    fire: name => fire(product, name),
    async close() {
      await Promise.all([...product.namespaces.values()].map(namespace => removeNamespace(product, namespace)))
    },
  }
}

function seen(product: Product, record: FunctionRecord): DeployedFunction {
  return {
    id: record.id,
    name: record.name,
    url: `http://${record.domainName}`,
    status: record.status,
    errorMessage: record.errorMessage,
    environmentKeys: Object.keys(record.environment.plain),
    secretEnvironmentKeys: Object.keys(record.environment.secret),
    processId: product.hostings.get(record.id)?.processId(),
  }
}

async function fire({ crons, triggers }: Product, name: string) {
  const [cron, ...others] = [...crons.values()].filter(candidate => candidate.name === name)
  const trigger = triggers.get(cron?.id ?? '')
  if (trigger === undefined || others.length > 0) throw new Error(`There is not exactly one CRON named ${name}.`)
  const { status, body } = await trigger.fire()
  return { status, body: Buffer.from(body).toString() }
}
