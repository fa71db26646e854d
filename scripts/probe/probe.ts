import { ApiError, calling } from '../../functions/rotation/scaleway/api-error.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'
import { clean } from './clean.ts'
import { deployEcho, type Echo } from './echo/echo.ts'
import type { Fact } from './fact.ts'
import { findLeft, listLeft } from './left.ts'
import { readLogin } from './login.ts'
import { createMade, type Made } from './made.ts'
import { markdown, type Result } from './markdown.ts'
import type { ProbeOptions } from './options.ts'
import { planned } from './plan.ts'
import type { Thing } from './remover.ts'
import { connect, type Scaleway } from './scaleway.ts'
import { facts } from './settle/index.ts'
import { description, type Stage, UnclearError } from './stage.ts'
import { StoppedError } from './stops.ts'
import { mustAgree, type Surroundings } from './surroundings.ts'
import { readVersion } from './version.ts'

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
  if (left.length > 0) say(leftBehind(left.flat().length))
  const wanted = facts.filter(({ name }) => options.only.includes(name))
  say(planned(wanted, { prefix: surroundings.prefix, region: login.region }))
  await mustAgree(options, surroundings)
  const made = createMade({ scaleway: owner, stop: stops.stop })
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
      const result = await settle(fact, { stage, echo })
      results.push(result)
      say(`  ${inWords(result)}`)
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

function inWords({ outcome }: Result): string {
  return 'unsettled' in outcome ? `Not settled: ${outcome.unsettled}` : `Seen: ${outcome.reading}`
}

function leftBehind(count: number): string {
  return `An earlier probe has left ${count === 1 ? 'something' : `${count} things`}, or another one runs now. Remove it: npm run probe -- --clean\n`
}

/** An error in words that hold no value: the message of an unexpected one may. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return [error.message, error.type].filter(Boolean).join(' ')
  if (error instanceof UnclearError || error instanceof StoppedError) return error.message
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

function cannotBegin(error: unknown): never {
  if (!(error instanceof ApiError)) throw error
  throw new CannotProceedError(
    `The key in the environment cannot look at the account (${error.message}). What it needs: docs/real-account.md#probe.`,
  )
}
