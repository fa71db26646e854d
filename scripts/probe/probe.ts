import { ApiError, calling } from '../../functions/rotation/scaleway/api-error.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import type { Clock } from './clock.ts'
import { deployEcho, type Echo } from './echo/echo.ts'
import type { Fact } from './fact.ts'
import { facts } from './facts/index.ts'
import { findLeft, listLeft } from './left.ts'
import type { Limits } from './limits.ts'
import { readLogin } from './login.ts'
import { createMade, type Made, type Thing } from './made.ts'
import { markdown, type Result } from './markdown.ts'
import type { ProbeOptions } from './options.ts'
import { planned } from './plan.ts'
import { connect, type Scaleway } from './scaleway.ts'
import { description, type Stage, UnclearError } from './stage.ts'
import { StoppedError, type Stops } from './stops.ts'
import { readVersion } from './version.ts'

/** What the command takes from its process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly limits: Limits
  readonly prefix: string
  readonly stops: Stops
  /** Prints the block, and what is left. */
  readonly print: (line: string) => void
  /** Says what it does meanwhile. */
  readonly say: (line: string) => void
  /** Asks a person; undefined where there is none. */
  readonly ask: ((question: string, stop: AbortSignal) => Promise<string>) | undefined
}

/**
 * Settles the facts and removes what it made for them, and gives the exit code.
 * @throws {CannotProceedError} when it may not begin; nothing is made then
 */
export async function probe(options: ProbeOptions, surroundings: Surroundings): Promise<number> {
  const { env, stops, say } = surroundings
  const login = readLogin(env)
  const owner = connect(login, stops.giveUp)
  const left = await findLeft(owner).catch(cannotBegin)
  if (options.clean) return clean(left, { owner, region: login.region, options, surroundings })
  const count = left.reduce((sum, { things }) => sum + things.length, 0)
  if (count > 0) say(`An earlier probe has left ${count} things. Remove them: npm run probe -- --clean\n`)
  const wanted = facts.filter(({ name }) => options.only.includes(name))
  say(planned(wanted, { prefix: surroundings.prefix, region: login.region }))
  await mustAgree(options, surroundings)
  const made = createMade(owner)
  const results = await settleAll({ login, owner, made, wanted, options, surroundings })
  say('Removing everything.')
  await made.removeAll({ ...surroundings, stop: stops.giveUp })
  return conclude({ results, wanted, left: made.left(), region: login.region }, surroundings)
}

interface Settling {
  readonly login: ReturnType<typeof readLogin>
  readonly owner: Scaleway
  readonly made: Made
  readonly wanted: readonly Fact[]
  readonly options: ProbeOptions
  readonly surroundings: Surroundings
}

/** Settles one fact after the other. One that fails leaves the others alone; a project that cannot be made, or Ctrl-C, ends them. */
async function settleAll({ login, owner, made, wanted, options, surroundings }: Settling): Promise<Result[]> {
  const { clock, limits, prefix, stops, say } = surroundings
  const results: Result[] = []
  try {
    const projectId = await made.make('project', prefix, () =>
      calling('create project', () => owner.projects.createProject({ name: prefix, description })),
    )
    const stage: Stage = {
      ...{ login, owner, made, prefix, projectId, limits, clock, say },
      stop: stops.stop,
      giveUp: stops.giveUp,
      waitMs: options.waitSeconds * 1000,
    }
    let deployed: Promise<Echo> | undefined
    const echo = () => {
      deployed ??= deployEcho(stage)
      return deployed
    }
    for (const fact of wanted) {
      stops.stop.throwIfAborted()
      say(`${fact.name}: ${fact.title}`)
      results.push(await settle(fact, { stage, echo }))
    }
  } catch (error) {
    say(`Ended early: ${reasonOf(error)}.`)
  }
  return results
}

async function settle(fact: Fact, parts: Parameters<Fact['settle']>[0]): Promise<Result> {
  try {
    return { fact, outcome: await fact.settle(parts) }
  } catch (error) {
    if (error instanceof StoppedError) throw error
    return { fact, outcome: { unsettled: reasonOf(error) } }
  }
}

/** An error in words that hold no value: the message of an unexpected one may. */
function reasonOf(error: unknown): string {
  if (error instanceof UnclearError || error instanceof ApiError || error instanceof StoppedError) return error.message
  return `a fault of the probe itself (${error instanceof Error ? error.name : 'unknown'})`
}

interface Concluding {
  readonly results: readonly Result[]
  readonly wanted: readonly Fact[]
  readonly left: readonly Thing[]
  readonly region: string
}

async function conclude({ results, wanted, left, region }: Concluding, { clock, print }: Surroundings) {
  if (results.length > 0) print(markdown(results, { at: clock.now(), version: await readVersion(), region }))
  print(left.length === 0 ? '\nNothing is left.' : `\n${listLeft(left, region)}`)
  const isSettled = results.length === wanted.length && results.every(({ outcome }) => 'reading' in outcome)
  return isSettled && left.length === 0 ? 0 : 1
}

interface Cleaning {
  readonly owner: Scaleway
  readonly region: string
  readonly options: ProbeOptions
  readonly surroundings: Surroundings
}

async function clean(groups: Awaited<ReturnType<typeof findLeft>>, { owner, region, ...cleaning }: Cleaning) {
  const { options, surroundings } = cleaning
  const { say, print, stops } = surroundings
  const things = groups.flatMap(group => group.things)
  if (things.length === 0) {
    print('No earlier probe has left anything.')
    return 0
  }
  say(`This is removed. Another probe that runs now would lose its own:\n${things.map(named).join('\n')}`)
  await mustAgree(options, surroundings)
  const left: Thing[] = []
  // Identities come last in the list and go first, as at the end of a probe.
  for (const { projectId, things: before } of groups.toReversed()) {
    const made = createMade(owner, before, projectId)
    await made.removeAll({ ...surroundings, stop: stops.giveUp })
    left.push(...made.left())
  }
  print(left.length === 0 ? 'Nothing is left.' : listLeft(left, region))
  return left.length === 0 ? 0 : 1
}

function named({ kind, name }: Thing): string {
  return `  ${kind} ${name}`
}

async function mustAgree({ yes }: ProbeOptions, { ask, stops }: Surroundings): Promise<void> {
  if (yes) return
  if (ask === undefined) {
    throw new CannotProceedError(
      '\nNothing was done: there is no terminal to ask on. Give --yes to begin without a question.',
    )
  }
  if (!/^y(es)?$/i.test((await ask('\nBegin? [y/N] ', stops.stop)).trim())) {
    throw new CannotProceedError('Nothing was done.')
  }
}

function cannotBegin(error: unknown): never {
  if (!(error instanceof ApiError)) throw error
  throw new CannotProceedError(
    `The key in the environment cannot look at the account (${error.message}). What it needs: docs/real-account.md#probe.`,
  )
}
