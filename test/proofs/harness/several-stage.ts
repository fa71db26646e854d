import type { Clock } from '../../../functions/rotation/clock.ts'
import { type As, type Deployment, deploy, type Instance, rotationEnv } from '../../support/rotation.ts'
import { judge } from './ask.ts'
import { Boundaries, type Owner } from './boundaries.ts'
import { type Violation, Watch } from './invariants.ts'
import type { Timers } from './left-over.ts'
import { Pace } from './pace.ts'
import { type AnswersByName, bounded, briefly, byName } from './several-answers.ts'
import { identitiesOf, partsOf, type Stage, type StartOptions, settingsOf, settled, timedOut } from './stage.ts'

/** A request about several keys, and who sends it. */
export interface AskedOfSeveral {
  readonly body: Readonly<Record<string, unknown>>
  readonly as: As
  /** `/` when left out. */
  readonly path?: string
}

/** A deployment of several keys. Each is watched by itself, and what no run may touch is watched too. */
export interface SeveralStage extends Stage {
  readonly names: readonly string[]
  /** One key as if the deployment had no other. */
  of(name: string): Stage
  /** Looks at every key. */
  look(): void
  /** Adds a call to the history, and checks its answer for each key; undefined if the instance was killed meanwhile. */
  ask(instance: Instance, asked: AskedOfSeveral): Promise<AnswersByName | undefined>
  /** How long each call about a key takes, in milliseconds; from 20 s on it gets no answer. */
  readonly slowMs: Map<Owner, number>
  /** True for a call, as a fault's `match` sees it, that is about one of these keys alone. */
  isAbout(
    call: { readonly request: { readonly path: string; readonly body?: unknown } },
    names: readonly string[],
  ): boolean
  /** Ends the watch over a key that a person has taken away for good. */
  abandon(name: string): void
}

/** What a stage of several keys may be given. */
interface SeveralOptions {
  readonly seed: number
  readonly names: readonly string[]
  /** The timers of a key where they differ from the defaults, by its name. */
  readonly timers?: Readonly<Record<string, Partial<Timers>>>
  /** How many API keys the organization may have. */
  readonly apiKeyQuota?: number
}

const answersLimitMs = 20_000

/** Creates a stage of several keys. */
export function createSeveralStage({ seed, names, timers = {}, apiKeyQuota }: SeveralOptions): SeveralStage {
  const deployment = deploy({ seed, names, ...(apiKeyQuota !== undefined && { scaleway: { apiKeyQuota } }) })
  const { cloud } = deployment
  const violations: Violation[] = []
  const watches = new Map(
    names.map(name => [name, new Watch(viewOf(deployment, name), { timers: timers[name] ?? {}, violations })]),
  )
  const [first] = watches.values()
  if (first === undefined) throw new Error('A stage has a key at least.')
  const look = () => {
    for (const watch of watches.values()) watch.look()
  }
  const boundaries = new Boundaries(deployment, detail => first.note('no run touches another key’s things', detail))
  const slowMs = new Map<Owner, number>()
  const parts = partsOf(deployment, {
    look,
    env: {
      ...identitiesOf(deployment),
      ...timersEnv(deployment, timers),
      HEARTBEAT_URL: 'https://heart.test/',
    },
  })
  const slowly = async (owner: Owner | undefined, { sleep }: Clock) => {
    const ms = slowMs.get(owner ?? '') ?? 0
    if (ms > 0) await sleep(Math.min(ms, answersLimitMs))
    if (ms >= answersLimitMs) throw timedOut()
  }
  const start = (options: StartOptions = {}): Instance => {
    const pace = new Pace(detail => first.note('the calls keep their pace', detail))
    const instance = parts.start({
      ...options,
      receiverFetch: async () => {
        boundaries.beat()
        return new Response()
      },
      beforeCall: async (request, own) => {
        pace.begin(own.now().steadyMs)
        await slowly(await boundaries.check(request), own)
      },
    })
    return bounded(instance, {
      names,
      boundaries,
      note: detail => first.note('a heartbeat means that all keys are well', detail),
    })
  }
  const stageOf = (name: string): Stage => {
    const watch = watches.get(name)
    if (watch === undefined) throw new Error(`The stage watches no key ${name}.`)
    const tell = (line: string) => parts.tell(`${name}: ${line}`)
    return { ...stage, ...viewOf(deployment, name), watch, tell }
  }
  const ask: SeveralStage['ask'] = async (instance, asked) => {
    const { body, as, path = '/' } = asked
    const killed = new Promise<undefined>(resolve => {
      const { onKill } = cloud.faults
      // Also for those who asked before: whichever is killed, none of them waits for an answer that never comes.
      cloud.faults.onKill = kill => {
        onKill?.(kill)
        resolve(undefined)
      }
    })
    const answered = await Promise.race([instance.post({ ...body }, as, path), killed])
    const answers = answered && byName(answered, path)
    parts.tell(`${JSON.stringify(body)} at ${path} by ${as}: ${answers === undefined ? 'killed' : briefly(answers)}`)
    look()
    if (answers?.size === 0) first.note('every call is answered', `${answered?.status} ${answered?.body.error}`)
    for (const [name, answer] of answers ?? []) if (watches.has(name)) judge(stageOf(name), body, answer)
    return answers
  }
  const healthy = start()
  const cleanHourlyRun = async () => {
    cloud.faults.clear()
    slowMs.clear()
    const { body } = await healthy.post({ action: 'tend' })
    look()
    for (const [name, { status }] of byName({ status: 200, body }, '/')) watches.get(name)?.afterCleanHourlyRun(status)
  }
  const stage: SeveralStage = {
    ...deployment,
    ...parts,
    names,
    watch: first,
    look,
    start,
    ask,
    of: stageOf,
    slowMs,
    isAbout: ({ request }, some) => {
      const [owner, other] = boundaries.ownersIn(`${request.path} ${request.body ?? ''}`)
      return owner !== undefined && other === undefined && some.includes(owner)
    },
    abandon: name => void watches.delete(name),
    cleanHourlyRun,
    settle: () => settled(deployment, { watches: [...watches.values()], cleanHourlyRun }),
  }
  return stage
}

function viewOf(deployment: Deployment, name: string): Deployment {
  const key = deployment.ids.keys.find(known => known.name === name)
  if (key === undefined) throw new Error(`The deployment has no key ${name}.`)
  const { applicationId, secretId, consumer } = key
  return {
    ...deployment,
    ids: { ...deployment.ids, applicationId, secretId, consumer },
    keys: () => deployment.keys(name),
    versions: () => deployment.versions(name),
    served: () => deployment.served(name),
  }
}

/** The variables of the keys whose timers differ from the defaults. */
function timersEnv({ cloud, ids }: Deployment, timers: SeveralOptions['timers'] = {}): Record<string, string> {
  const all = Object.entries(rotationEnv(cloud, ids)).filter(([name]) => name.startsWith('KEY_'))
  return Object.fromEntries(
    all.map(([variable, text]) => {
      const key = JSON.parse(text)
      return [variable, JSON.stringify({ ...key, ...settingsOf(timers[key.name] ?? {}) })]
    }),
  )
}
