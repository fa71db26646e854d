import { facts } from './facts.ts'
import { keyRows } from './key-rows.ts'
import { keyTable } from './key-table.ts'
import { type Paint, painter } from './paint.ts'
import type { Status } from './status.ts'
import { timeLine } from './time-line.ts'
import { wrap } from './words.ts'

/** How a status is shown. */
interface Shown {
  readonly now: Date
  /** The characters of a line. Lines are longer if these are too few. */
  readonly width: number
  readonly colours: boolean
}

/** Gives a status as text: a headline, the problems, the keys, further facts, the time line. Pure. */
export function renderStatus(status: Status, { now, width, colours }: Shown): string {
  const paint = painter({ colours })
  const rows = keyRows(status)
  const table = keyTable(rows, { now, paint })
  const footnote = rows.some(({ end }) => end === 'open') ? ['  (*) no end yet: until the next publication'] : []
  const named = facts(status, now).flatMap(([name, text]) => hanging(`  ${name.padEnd(18)}`, text, width))
  const sections = [
    headline(status, paint),
    problems(status, { width, paint }),
    [...table, ...footnote],
    named,
    timeLine(rows, { now, nextRotation: status.next_rotation ?? null, width, paint }),
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function headline({ healthy, problems: all }: Status, paint: Paint): string[] {
  if (healthy) return [paint('good', 'healthy')]
  const alarms = all.filter(({ alarming }) => alarming).map(({ code }) => code)
  return [paint('bad', `NOT HEALTHY: ${alarms.join(', ') || 'the function names no reason'}`)]
}

/** Alarms first. */
function problems({ problems: all }: Status, { width, paint }: { width: number; paint: Paint }): string[] {
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
