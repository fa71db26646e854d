import { type FunctionProcess, type FunctionSource, startFunction } from '../function-process.ts'
import { type Gateway, type GatewayOptions, type GatewaySettings, startGateway } from '../gateway.ts'

/** The settings of a function that its gateway keeps. */
type DeployedSettings = Pick<GatewaySettings, 'privacy' | 'timeoutSeconds' | 'maxScale'>

/** A function's address, which is there as long as the function, and the process behind it, which deployments replace. */
export interface Hosting {
  readonly gateway: Gateway
  /** The process that serves now. */
  processId(): number | undefined
  /**
   * Starts the code and lets it take over, with its settings; the process before it ends when its last call is
   * answered. Deployments run one after the other. When the code does not start, the error is thrown and the process before
   * it still serves.
   */
  deploy(source: FunctionSource, settings: DeployedSettings): Promise<void>
  /** Ends address and processes; a deployment under way is waited for. */
  end(): Promise<void>
}

/** Opens a function's address on a free port; nothing runs behind it yet. */
export async function openHosting(settings: Omit<GatewayOptions, 'functionUrl' | 'port'>): Promise<Hosting> {
  const gateway = await startGateway({ ...settings, functionUrl: undefined })
  const running = new Set<FunctionProcess>()
  let current: FunctionProcess | undefined
  let turn = Promise.resolve()
  let ended = false

  const stop = async (process: FunctionProcess) => {
    await process.stop()
    running.delete(process)
  }
  const replace = async (source: FunctionSource, { privacy, timeoutSeconds, maxScale }: DeployedSettings) => {
    if (ended) return
    const next = await startFunction(source)
    running.add(next)
    const previous = current
    current = next
    const drained = gateway.replace({ functionUrl: next.url, privacy, timeoutSeconds, maxScale })
    if (previous !== undefined) void drained.then(() => stop(previous))
  }

  return {
    gateway,
    processId: () => current?.pid,
    deploy: (source, deployedSettings) => {
      const deployed = turn.then(() => replace(source, deployedSettings))
      turn = deployed.catch(() => undefined)
      return deployed
    },
    async end() {
      ended = true
      await turn
      await gateway.close()
      await Promise.all([...running].map(stop))
    },
  }
}
