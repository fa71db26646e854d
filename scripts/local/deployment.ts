import { type CronOptions, type CronTrigger, startCron } from '../../test/fake-scaleway/functions/cron.ts'
import type { Reply } from '../../test/fake-scaleway/functions/forward.ts'
import type { CallWatch } from '../../test/fake-scaleway/functions/gateway.ts'
import type { Clock, FakeScaleway } from '../../test/fake-scaleway/index.ts'
import { createScaleway, serve } from '../../test/fake-scaleway/index.ts'
import type { Starting } from './command.ts'
import { fireRoute } from './cron-route.ts'
import { type BuiltZips, type RunningFunction, startBuilt, startFunctions } from './functions.ts'
import { createIdentities, cronToken, type Identities, letBearerReadIam, renewIdentities } from './identities.ts'
import { functionSettings, rotationSchedule } from './settings.ts'

type Name = 'rotation' | 'retrieval'

/** The clock that a deployment runs on. */
export interface DeploymentClock extends Clock {
  /** The variables with which a process finds it. */
  environment(name: string): Record<string, string>
  /** What tells it of the calls to the function of a name. */
  watch(name: Name): CallWatch
}

/** What a deployment is started with. */
export interface DeploymentParts {
  readonly clock: DeploymentClock
  readonly starting: Starting
  /** False: the CRONs fire only when they are told to. */
  readonly scheduled?: boolean
  /** Makes every id and key the same in each run. */
  readonly seed?: number
  /** The built functions; without them they are built. */
  readonly zips?: BuiltZips
}

/** A CRON, its schedule as it is written, and what it calls for. */
export interface DeployedCron extends CronTrigger {
  readonly schedule: string
}

/** A whole deployment on this machine: the local Scaleway, both functions in processes of their own, the CRONs. */
export interface LocalDeployment {
  readonly scaleway: FakeScaleway
  readonly scalewayUrl: string
  readonly rotation: RunningFunction
  readonly retrieval: RunningFunction
  readonly identities: Identities
  readonly crons: readonly DeployedCron[]
  /** Has the CRON of a name fired in another way, where somebody fires it by hand. */
  whenFiredByHand(fire: (name: string) => Promise<Reply | undefined>): void
  /**
   * Replaces the credentials of rotator, reader, operator, monitor and consumers, as `terraform apply` does with
   * `function_key_months` and `consumer_key_generations`, and starts both functions anew with the new ones. Nothing may be
   * at work meanwhile: the old ones are deleted at once.
   */
  renewCredentials(): Promise<void>
}

/** Starts a deployment. It ends with `starting`. */
export async function startDeployment(parts: DeploymentParts): Promise<LocalDeployment> {
  const { clock, starting, scheduled = true, seed, zips } = parts
  const { port, keys, atEnd } = starting
  const scaleway = createScaleway({ clock, ...(seed !== undefined && { seed }) })
  const server = await serve(scaleway, { port: port ?? 0 })
  atEnd(server.close)
  let identities = createIdentities(scaleway, keys)
  for (const { applicationId } of identities.keys) letBearerReadIam(scaleway, applicationId)
  const settings = () => clockedSettings({ scaleway, scalewayUrl: server.url, identities }, clock)
  const functionParts = {
    scaleway,
    settings: settings(),
    ports: { rotation: port && port + 1, retrieval: port && port + 2 },
    watch: (name: Name) => clock.watch(name),
    starting,
  }
  const { rotation, retrieval } = await (zips === undefined
    ? startFunctions(functionParts)
    : startBuilt(zips, functionParts))
  const startCrons = () =>
    cronsOf(rotation, { identities, scheduled, readings: scaleway.state.readings, log: starting.log })
  let crons = startCrons()
  atEnd(() => stopAll(crons))
  let fireByHand = async (name: string) => crons.find(cron => cron.name === name)?.fire()
  scaleway.addRoutes([fireRoute(name => fireByHand(name))])
  return {
    scaleway,
    scalewayUrl: server.url,
    rotation,
    retrieval,
    get identities() {
      return identities
    },
    get crons() {
      return crons
    },
    whenFiredByHand(fire) {
      fireByHand = fire
    },
    async renewCredentials() {
      identities = renewIdentities(scaleway, identities)
      stopAll(crons)
      crons = startCrons()
      const { rotation: rotationEnv, retrieval: retrievalEnv } = settings()
      await Promise.all([rotation.restart(rotationEnv), retrieval.restart(retrievalEnv)])
    },
  }
}

function clockedSettings(source: Parameters<typeof functionSettings>[0], clock: DeploymentClock) {
  const { rotation, retrieval } = functionSettings(source)
  return {
    rotation: { ...rotation, ...clock.environment('rotation') },
    retrieval: { ...retrieval, ...clock.environment('retrieval') },
  }
}

/** The CRONs, as in main.tf. */
function cronsOf(
  gateway: RunningFunction,
  {
    identities,
    log,
    ...options
  }: { identities: Identities; log: Starting['log'] } & Pick<CronOptions, 'scheduled' | 'readings'>,
): DeployedCron[] {
  const token = cronToken(identities)
  const keys = identities.keys.map(({ name }) => name)
  const planned = [
    { name: 'monthly', schedule: rotationSchedule, args: { action: 'rotate', keys, source: 'cron', token } },
    { name: 'hourly', schedule: '17 * * * *', args: { action: 'tend', source: 'maintenance', token } },
  ]
  const cronLog = (line: string) => log(`cron       ${line}`)
  return planned.map(cron => ({
    ...startCron({ ...cron, ...options, gateway, log: cronLog }),
    schedule: cron.schedule,
  }))
}

function stopAll(crons: readonly CronTrigger[]): void {
  for (const cron of crons) cron.stop()
}
