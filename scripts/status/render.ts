import { credentialTable } from './credential-table.ts'
import { facts } from './facts.ts'
import { keyRows } from './key-rows.ts'
import { keyTable } from './key-table.ts'
import { type Paint, painter } from './paint.ts'
import type { Status } from './status.ts'
import { timeLine } from './time-line.ts'
import { wrap } from './words.ts'

/** How a status is shown. */
export interface Shown {
  readonly now: Date
  /** The characters of a line. Lines are longer if these are too few. */
  readonly width: number
  readonly colours: boolean
}

/**
 * Gives the status of a key as text: a headline, which begins with its name if one is given, the problems, the keys,
 * further facts, the deployment's credentials, the time line. Pure.
 */
export function renderStatus(status: Status, { now, width, colours }: Shown, name?: string): string {
  const paint = painter({ colours })
  const rows = keyRows(status)
  const table = keyTable(rows, { now, paint })
  const footnote = rows.some(({ end }) => end === 'open') ? ['  (*) no end yet: until the next publication'] : []
  const sections = [
    [`${name === undefined ? '' : `${name}: `}${headline(status, paint)}`],
    problemLines(status, { width, paint }),
    [...table, ...footnote],
    factLines(facts(status, now), width),
    credentialTable(status, { now, paint }),
    timeLine(rows, { now, nextRotation: status.next_rotation ?? null, width, paint }),
  ]
  return joined(sections)
}

/** Gives sections of lines as text, with an empty line between those that are not empty. */
export function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function headline({ healthy, problems }: Status, paint: Paint): string {
  return healthy
    ? paint('good', 'healthy')
    : paint('bad', notHealthy(problems.filter(({ alarming }) => alarming).map(({ code }) => code)))
}

/** Says that something is not healthy, and why. */
export function notHealthy(reasons: readonly string[]): string {
  return `NOT HEALTHY: ${reasons.join(', ') || 'the function names no reason'}`
}

/** Gives named facts, a line or more for each. */
export function factLines(named: readonly (readonly [name: string, text: string])[], width: number): string[] {
  return named.flatMap(([name, text]) => hanging(`  ${name.padEnd(18)}`, text, width))
}

/** Gives the problems of a status, alarms first. */
export function problemLines(
  { problems: all }: Pick<Status, 'problems'>,
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const sorted = [...all].sort((a, b) => Number(b.alarming) - Number(a.alarming))
  return sorted.flatMap(({ code, alarming, message }) => {
    const lines = hanging(alarming ? '  ALARM  ' : '  note   ', `${code}: ${message}`, width)
    return lines.map(line => paint(alarming ? 'bad' : 'note', line))
  })
}

/** A name and its text; further lines are indented to the text. */
function hanging(name: string, text: string, width: number): string[] {
  return wrap(text, Math.max(20, width - name.length)).map((line, index) =>
    index === 0 ? `${name}${line}` : `${' '.repeat(name.length)}${line}`,
  )
}
