import { setTimeout as pause } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { Limits } from '../../../scripts/probe/limits.ts'
import type { ProbeOptions } from '../../../scripts/probe/options.ts'
import { probe } from '../../../scripts/probe/probe.ts'
import { facts } from '../../../scripts/probe/settle/index.ts'
import type { Surroundings } from '../../../scripts/probe/surroundings.ts'
import { type AccountOptions, serveAccount } from '../../fake-scaleway/account/serve-account.ts'
import { serveFunctions } from '../../fake-scaleway/functions/api/index.ts'
import { createScaleway, type Readings, SimulatedClock, serve } from '../../fake-scaleway/index.ts'
import { sleepFor } from '../../fake-scaleway/sleep.ts'

/** How many seconds of the account's time are one of the machine's, which passes in the function's process alone. */
const fasterBy = 30
const limits: Limits = {
  refusalMs: 90_000,
  idleMs: 16 * 60_000,
  cronSleepMs: 75_000 / fasterBy,
  parallelSleepMs: 400,
}
const cronPatienceMilliseconds = 60_000 / fasterBy

/** An account on a local Scaleway whose time passes only while the probe waits. */
export async function openAccount(
  readings: Partial<Readings> = {},
  options: Pick<AccountOptions, 'deletedSecretsCount'> = { deletedSecretsCount: false },
) {
  const clock = new SimulatedClock()
  const cloud = createScaleway({ clock, readings })
  const server = await serve(cloud)
  onTestFinished(server.close)
  const sleep = sleepFor(clock)
  const functions = await serveFunctions({ scaleway: cloud, apiUrl: server.url, sleep, cronPatienceMilliseconds })
  onTestFinished(functions.close)
  const account = serveAccount({ scaleway: cloud, isUsed: functions.usesProject, ...options })
  const inside = new Set<Promise<unknown>>()
  onTestFinished(async () => void (await Promise.all(inside)))
  const fire = (name: string) => {
    const call: Promise<unknown> = functions.fire(name).finally(() => inside.delete(call))
    inside.add(call)
  }
  const env = {
    SCW_API_URL: server.url,
    SCW_ACCESS_KEY: cloud.owner.accessKey,
    SCW_SECRET_KEY: cloud.owner.secretKey,
    SCW_DEFAULT_ORGANIZATION_ID: cloud.organizationId,
  }
  /** Lets time pass, and fires the triggers that fall due meanwhile. */
  const wait = async (milliseconds: number) => {
    const before = clock.now()
    clock.advance({ milliseconds })
    for (const { name, schedule } of functions.crons()) {
      const due = nextTime(schedule, before)
      if (due > before && due <= clock.now()) fire(name)
    }
    // Else a call would still be inside the function when it should long be over.
    if (inside.size > 0) await Promise.race([...inside, pause(milliseconds / fasterBy)])
  }
  return {
    clock,
    cloud,
    env,
    url: server.url,
    functions,
    /** Runs the probe as on this account, and gives what it printed. */
    async run(changed: Partial<ProbeOptions> = {}, surroundings: Partial<Surroundings> = {}) {
      const printed: string[] = []
      const said: string[] = []
      const code = await probe(
        { help: false, yes: true, clean: false, only: facts.map(({ name }) => name), waitSeconds: 600, ...changed },
        {
          env,
          clock: { now: () => clock.now(), wait },
          limits,
          prefix: 'probe-0a1b2c3d',
          stops: { stop: new AbortController().signal, giveUp: new AbortController().signal },
          print: line => printed.push(line),
          say: line => said.push(line),
          ask: undefined,
          ...surroundings,
        },
      )
      return { code, printed: printed.join('\n'), said: said.join('\n') }
    },
    /** What is there, by kind and name; a deleted secret waits 7 days, as every deleted secret does. */
    left: () => [
      ...account.projects().map(({ name }) => `project ${name}`),
      ...cloud.iam.applications().map(({ name }) => `application ${name}`),
      ...cloud.iam.policies().map(({ name }) => `policy ${name}`),
      ...cloud.iam
        .apiKeys()
        .filter(({ userId }) => userId === undefined)
        .map(({ description }) => `key ${description}`),
      ...cloud.secrets
        .secrets()
        .filter(({ deletionRequestedAt }) => deletionRequestedAt === undefined)
        .map(({ name }) => `secret ${name}`),
      ...functions.functions().map(({ name }) => `function ${name}`),
      ...functions.crons().map(({ name }) => `trigger ${name}`),
    ],
  }
}

/** Gives the reading that a printed block has for each fact. */
export function readingsIn(block: string): Record<string, string> {
  const rows = block.split('\n').filter(line => /^\| .* \| `\w+` \| /.test(line))
  return Object.fromEntries(
    rows.map(row => {
      const [, , name = '', seen = ''] = row.split(/ ?\| ?/)
      return [name.replaceAll('`', ''), seen]
    }),
  )
}

/** When a daily schedule, "M H * * *", comes next after a moment. */
function nextTime(schedule: string, after: Date): Date {
  const [minute, hour] = schedule.split(' ').map(Number)
  const next = new Date(after)
  next.setUTCHours(hour ?? 0, minute ?? 0, 0, 0)
  if (next <= after) next.setUTCDate(next.getUTCDate() + 1)
  return next
}
