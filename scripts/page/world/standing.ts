import { objectOf } from '../../deployment/call.ts'
import { renderStatus } from '../../status/render.ts'
import { renderSeveral } from '../../status/render-several.ts'
import { readStatus, readStatusOfSeveral, type Status, type StatusOfSeveral } from '../../status/status.ts'
import type { Health, Problem } from '../picture.ts'
import type { Telling } from './happenings.ts'

/** What the page shows of a status. */
export interface Standing {
  readonly health: Health
  /** What the terminal shows. */
  readonly table: string
}

const tableWidth = 100

/** What is shown while the status is not known, for a reason in words or none. */
export function unknownStanding(code = '', text = ''): Standing {
  const problems = text === '' ? [] : [{ code, text, alarming: true, lane: null }]
  return { health: { state: 'unknown', problems, nextRotation: null }, table: text }
}

/** Reads the answer to a `GET /` of a rotation function. */
export function readStanding(answer: { readonly status: number; readonly text: string }, now: Date): Standing {
  const body = objectOf(answer.text)
  const shown = { now, width: tableWidth, colours: false }
  const status = readStatus(body)
  if (status !== undefined) return { health: healthOf(status), table: renderStatus(status, shown) }
  const several = readStatusOfSeveral(body)
  if (several !== undefined) {
    return { health: healthOfSeveral(several), table: renderSeveral(several, shown, { all: true }) }
  }
  const code = typeof body.error === 'string' ? body.error : ''
  return unknownStanding(code, `The status could not be read: HTTP ${answer.status}${code === '' ? '' : `, ${code}`}.`)
}

function healthOf({ healthy, problems, next_rotation: next }: Status): Health {
  return {
    state: healthy ? 'healthy' : 'unhealthy',
    problems: problems.map(problem => shownProblem(problem, null)),
    nextRotation: next?.getTime() ?? null,
  }
}

function healthOfSeveral({ healthy, problems, keys }: StatusOfSeveral): Health {
  const read = Object.entries(keys).flatMap(([name, status]) => ('error' in status ? [] : [{ name, status }]))
  const rotations = read.flatMap(({ status }) => status.next_rotation?.getTime() ?? [])
  return {
    state: healthy ? 'healthy' : 'unhealthy',
    problems: [
      ...problems.map(problem => shownProblem(problem, null)),
      ...read.flatMap(({ name, status }) => status.problems.map(problem => shownProblem(problem, name))),
    ],
    nextRotation: rotations.length === 0 ? null : Math.min(...rotations),
  }
}

function shownProblem({ code, alarming, message }: Status['problems'][number], lane: string | null): Problem {
  return { code, text: message, alarming, lane }
}

/** Says that the status has changed. */
export function statusInWords({ state, problems }: Health): Telling {
  if (state === 'healthy') return { text: 'The status is 200: healthy.', tone: 'good' }
  const alarms = problems.filter(({ alarming }) => alarming).map(({ code }) => code)
  return { text: `The status is 503: ${alarms.join(', ')}.`, code: alarms[0] ?? null, tone: 'bad' }
}
