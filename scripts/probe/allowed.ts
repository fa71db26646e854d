import { ApiError } from '../../functions/rotation/scaleway/api-error.ts'
import { type Stage, UnclearError } from './stage.ts'
import { until } from './until.ts'

/** Waits until a call is allowed, and gives its result. */
export async function allowed<Result>(stage: Stage, what: string, call: () => Promise<Result>): Promise<Result> {
  const result = await allowedWithin(stage, stage.waitMs, what, call)
  if (result === 'refused') throw new UnclearError(`${what} was still refused after ${stage.waitMs / 1000} s`)
  return result
}

// As long as Terraform's provider repeats such reads (docs/scaleway.md#propagation).
const appearsMs = 30_000

/** Makes a call about something that was just created, which may be answered 404 at first (docs/scaleway.md#propagation). */
export async function onceThere<Result>(stage: Stage, what: string, call: () => Promise<Result>): Promise<Result> {
  const attempt = async () => {
    try {
      return { result: await call() }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  }
  const there = await until(stage, { what, limitMs: appearsMs, everyMs: 2_000 }, attempt)
  if (there === undefined) throw new UnclearError(`${what} was not found`)
  return there.result
}

/** Tries a call until it is allowed. A refusal counts once it has lasted (docs/scaleway.md#propagation). */
export async function isAllowed(stage: Stage, what: string, call: () => Promise<unknown>): Promise<boolean> {
  return (await allowedWithin(stage, stage.limits.refusalMs, what, call)) !== 'refused'
}

async function allowedWithin<Result>(stage: Stage, limitMs: number, what: string, call: () => Promise<Result>) {
  const attempt = async () => {
    try {
      return { result: await call() }
    } catch (error) {
      if (error instanceof ApiError && isRefusal(error)) return undefined
      throw error
    }
  }
  const allowed = await until(stage, { what, limitMs, everyMs: 3_000 }, attempt)
  return allowed === undefined ? 'refused' : allowed.result
}

/** 404 as well: reads may answer it just after a create (docs/scaleway.md#propagation). */
function isRefusal({ status, type }: ApiError): boolean {
  return type !== 'quotas_exceeded' && (status === 401 || status === 403 || status === 404)
}
