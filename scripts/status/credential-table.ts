import { inColumns } from './columns.ts'
import { endInWords } from './key-table.ts'
import type { Paint } from './paint.ts'
import type { Status, StatusOfSeveral } from './status.ts'
import { spanInWords } from './words.ts'

/**
 * Gives the table of the deployment's own keys, with a mark at each that an alarm names; empty if the function does not report
 * them, as an older one.
 */
export function credentialTable(
  { credentials = [], problems }: Pick<Status | StatusOfSeveral, 'credentials' | 'problems'>,
  { now, paint }: { now: Date; paint: Paint },
): string[] {
  if (credentials.length === 0) return []
  const alarms = problems.filter(({ alarming }) => alarming).map(({ message }) => message)
  const rows = credentials.map(({ name, access_key, created_at, expires_at }) => {
    const age = spanInWords(now.getTime() - created_at.getTime())
    const isAlarming = alarms.some(message => message.includes(access_key))
    return { cells: [name, access_key, age, endInWords(expires_at ?? 'never', now)], isAlarming }
  })
  const cells = rows.map(({ cells, isAlarming }) => [...cells, isAlarming ? 'ALARM' : ''])
  const [heading = '', ...lines] = inColumns([['credential', 'access key', 'age', 'ends'], ...cells])
  return [paint('title', heading), ...lines.map((line, at) => (rows[at]?.isAlarming ? paint('bad', line) : line))]
}
