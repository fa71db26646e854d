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
  const status = readStatus(body) ?? readStatusOfSeveral(body)
  if (status !== undefined) return standingOf(status, now)
  const code = typeof body.error === 'string' ? body.error : ''
  return unknownStanding(code, `The status could not be read: HTTP ${answer.status}${code === '' ? '' : `, ${code}`}.`)
}

/** Gives what is shown of a status. Pure. */
export function standingOf(status: Status | StatusOfSeveral, now: Date): Standing {
  const shown = { now, width: tableWidth, colours: false }
  return 'keys' in status
    ? { health: healthOfSeveral(status), table: renderSeveral(status, shown, { all: true }) }
    : { health: healthOf(status), table: renderStatus(status, shown) }
}

function healthOf({ healthy, problems, next_rotation: next }: Status): Health {
  return {
    state: healthy ? 'healthy' : 'unhealthy',
    problems: problems.map(problem => shownProblem(problem, null)),
    nextRotation: next?.getTime() ?? null,
  }
}

function healthOfSeveral({ healthy, problems, keys }: StatusOfSeveral): Health {
  const all = Object.entries(keys)
  const rotations = all.flatMap(([, status]) => ('error' in status ? [] : (status.next_rotation?.getTime() ?? [])))
  return {
    state: healthy ? 'healthy' : 'unhealthy',
    problems: [
      ...problems.map(problem => shownProblem(problem, null)),
      ...all.flatMap(([name, status]) =>
        'error' in status
          ? [{ code: status.error, text: 'Its status could not be read.', alarming: true, lane: name }]
          : status.problems.map(problem => shownProblem(problem, name)),
      ),
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
