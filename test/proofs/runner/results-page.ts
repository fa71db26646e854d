import type { BadLife, Row } from '../harness/proof.ts'
import { boundsAndLimits } from './page-words.ts'
import { duration } from './progress.ts'
import type { Tally } from './tally.ts'

/** What the page says about the run itself. */
export interface RunFacts {
  /** As it is typed. */
  readonly command: string
  readonly extent: 'share' | 'full'
  readonly seed: number
  /** `Node 24.21.0`, the SDK…: what was run on what, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** How many processes lived the lives. */
  readonly workers: number
  readonly date: Date
  readonly durationMs: number
  /** What whoever ran it has to say about it. */
  readonly note?: string | undefined
}

/** Takes what came of all proofs and gives the page, in Markdown. */
export function page(tallies: readonly Tally[], facts: RunFacts): string {
  return `${[
    '# Proof',
    intro(tallies, facts),
    ...(facts.note === undefined ? [] : [facts.note]),
    '## What was lived',
    proofTable(tallies),
    ...failures(tallies),
    ...tallies.flatMap(ownTables),
    boundsAndLimits,
  ].join('\n\n')}\n`
}

/** The table of what came of all proofs, for the page and for the terminal. */
export function proofTable(tallies: readonly Tally[]): string {
  const head = ['proof', 'what is done', 'what must come of it', 'how many', 'bad', 'seen']
  return table([
    head,
    ...tallies.map(({ proof, units, bad, figures }) => [
      `\`${proof.name}\``,
      proof.does,
      proof.promises,
      `${inWords(units)} ${proof.unit}`,
      inWords(bad),
      seen(proof.remark?.(figures), figures.calls),
    ]),
  ])
}

function seen(remark: string | undefined, calls: number | undefined): string {
  return [
    remark?.replaceAll(/\b\d{4,}\b/g, digits => inWords(Number(digits))),
    calls === undefined ? undefined : `${inWords(calls)} calls to Scaleway`,
  ]
    .filter(part => part !== undefined)
    .join('; ')
}

/** Rows as a Markdown table, the first of them its head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}

/** A number with its thousands set apart. */
export function inWords(value: number): string {
  return value.toLocaleString('en')
}

function intro(
  tallies: readonly Tally[],
  { command, extent, seed, versions, workers, date, durationMs }: RunFacts,
): string {
  const bad = tallies.reduce((sum, tally) => sum + tally.bad, 0)
  const how = extent === 'full' ? 'the whole of it' : 'a share of it; `npm run prove -- --full` lives the whole'
  return `What happens when the process dies between two calls, when an answer is lost, when two runs meet, when somebody
edits by hand? Each line below is a promise, how often it was put to the test, and how often it was broken. The lives
run the functions’ own code and the official SDK against the [local Scaleway](test/fake-scaleway), with time that the
proof moves; after every call the invariants are looked at ([invariants.ts](test/proofs/harness/invariants.ts)).

**${bad === 0 ? 'Nothing broke.' : `${inWords(bad)} broke: see below.`}** This page is generated, by \`${command}\`: ${how}.
Lives are numbered from seed ${seed} on. It ran on ${date.toISOString().slice(0, 10)} for ${duration(durationMs)} in ${workers} processes at a time, with
${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}.
To live one proof again: \`npm run prove -- --only ${tallies[0]?.proof.name ?? 'NAME'} --seed ${seed}\`.`
}

/** The rows that a proof gives, in a table for each kind of row. */
function ownTables({ proof, rows }: Tally): string[] {
  const kinds = new Map<string, Row[]>()
  for (const { row } of rows) {
    const columns = Object.keys(row).join()
    kinds.set(columns, [...(kinds.get(columns) ?? []), row])
  }
  if (kinds.size === 0) return []
  return [`## In detail: ${proof.name}`, `It ${proof.does}.`, ...[...kinds.values()].map(rowsTable)]
}

function rowsTable(rows: readonly Row[]): string {
  const cell = (value: string | number) => (typeof value === 'number' ? inWords(value) : value)
  const head = Object.keys(rows[0] ?? {})
  return table([head, ...rows.map(row => head.map(column => cell(row[column] ?? '')))])
}

function failures(tallies: readonly Tally[]): string[] {
  const broken = tallies.filter(({ bad }) => bad > 0)
  if (broken.length === 0) return []
  return ['## What broke', ...broken.flatMap(({ proof, examples }) => examples.map(life => failure(proof.name, life)))]
}

/** A bad life for the page and for the terminal: how to live it again, what was broken, and the shortest history. */
export function failure(name: string, { life, violations, history }: BadLife): string {
  const listed = violations.map(violation => `- ${violation}`).join('\n')
  return `### ${name}: ${life}\n\n${listed}\n\n\`\`\`text\n${history.join('\n')}\n\`\`\``
}
