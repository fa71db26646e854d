const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Formats a span of time, rounded down: "2.5 days", "32 days", "3 hours", "1 minute". */
export function spanInWords(spanMs: number): string {
  const ms = Math.abs(spanMs)
  if (ms < minuteMs) return 'less than a minute'
  if (ms < 2 * hourMs) return counted(Math.floor(ms / minuteMs), 'minute')
  if (ms < 2 * dayMs) return counted(Math.floor(ms / hourMs), 'hour')
  const tenths = Math.floor((10 * ms) / dayMs) / 10
  return counted(tenths < 10 ? tenths : Math.floor(tenths), 'day')
}

/** Formats a moment relative to now: "in 3 hours", "3 hours ago". */
export function fromNow(moment: Date, now: Date): string {
  const span = spanInWords(moment.getTime() - now.getTime())
  return moment > now ? `in ${span}` : `${span} ago`
}

/** Formats a moment to the minute: "2026-03-01 02:00 UTC". */
export function moment(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Breaks a text into lines of at most `width` characters, at spaces. A longer word keeps a line to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
