import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveFunctions } from '../fake-scaleway/functions/api/index.ts'
import { type Clock, createScaleway, type FakeScaleway, type Readings, serve } from '../fake-scaleway/index.ts'
import { changesIn } from './changes.ts'
import { mustSucceed, type Ran, runToEnd, terraform } from './command.ts'
import { terraformEnv } from './environment.ts'
import { type LoginOptions, loginOf, type Variables } from './login.ts'
import { type Outputs, readOutputs } from './outputs.ts'
import { templateFolder } from './provider.ts'

/** A plan: what it would change, its text, and `terraform show -json` of it. */
interface Planned {
  readonly changes: Record<string, string>
  readonly text: string
  readonly json: string
}

/** A local Scaleway of its own, and a folder with the module that is applied to it. */
export interface Stage {
  readonly scaleway: FakeScaleway
  readonly url: string
  readonly deployments: Awaited<ReturnType<typeof serveFunctions>>
  readonly folder: string
  /** Sets more variables; those set before stay. */
  set(variables: Variables): Promise<void>
  /** Runs Terraform in the folder; a failure is a result and does not throw. */
  run(...args: readonly string[]): Promise<Ran>
  /** The same, and the signal interrupts it. */
  interruptible(signal: AbortSignal, ...args: readonly string[]): Promise<Ran>
  /** Applies; a failure is an Error. */
  apply(...args: readonly string[]): Promise<Ran>
  plan(...args: readonly string[]): Promise<Planned>
  destroy(): Promise<Ran>
  outputs(): Promise<Outputs>
  /** `terraform show -json` of the state. */
  state(): Promise<string>
  /** Runs a line in the folder as a person would paste it; a failure is an Error. */
  shell(line: string): Promise<Ran>
  /** Ends servers and processes and removes the folder. */
  end(): Promise<void>
}

/** Options of a stage, besides who deploys and how. */
export interface StageOptions extends LoginOptions {
  readonly variables?: Variables
  readonly env?: Readonly<Record<string, string>>
  /** The local Scaleway's clock. Terraform and the functions use the machine's. */
  readonly clock?: Clock
  /** How the local Scaleway takes what is not known. */
  readonly readings?: Partial<Readings>
}

/** Prepares a stage; nothing is applied yet. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-stage-'))
  await cp(templateFolder(), folder, { recursive: true, verbatimSymlinks: true })
  const scaleway = createScaleway({
    ...(options.clock && { clock: options.clock }),
    ...(options.readings && { readings: options.readings }),
  })
  const server = await serve(scaleway)
  const deployments = await serveFunctions({ scaleway, apiUrl: server.url })
  const login = loginOf({ ...options, scaleway, url: server.url })
  const env = { ...login.env, ...options.env }
  let variables: Variables = {}
  const set = async (more: Variables) => {
    variables = { ...variables, ...more }
    await writeFile(join(folder, 'stage.auto.tfvars.json'), JSON.stringify(variables))
  }
  await set({ scw_api_url: server.url, ...login.variables, ...options.variables })
  const run = (...args: readonly string[]) => terraform(folder, args, env)
  const succeed = (...args: readonly string[]) => mustSucceed(run(...args))
  const planFile = join(folder, 'stage.tfplan')
  return {
    scaleway,
    url: server.url,
    deployments,
    folder,
    set,
    run,
    apply: (...args) => succeed('apply', '-auto-approve', '-no-color', ...args),
    plan: async (...args) => {
      const { stdout } = await succeed('plan', '-no-color', `-out=${planFile}`, ...args)
      const { stdout: json } = await succeed('show', '-json', planFile)
      return { changes: changesIn(json), text: stdout, json }
    },
    destroy: () => succeed('destroy', '-auto-approve', '-no-color'),
    outputs: async () => readOutputs((await succeed('output', '-json')).stdout),
    state: async () => (await succeed('show', '-json')).stdout,
    interruptible: (signal, ...args) => runToEnd('terraform', args, { folder, env: terraformEnv(folder, env), signal }),
    shell: line => mustSucceed(runToEnd('bash', ['-euc', line], { folder, env: terraformEnv(folder, env) })),
    end: async () => {
      await deployments.close()
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
