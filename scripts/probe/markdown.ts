import type { Fact, Finding } from './fact.ts'

/** What became of one fact. */
export interface Result {
  readonly fact: Pick<Fact, 'name' | 'title'>
  /** The finding, or why there is none. */
  readonly outcome: Finding | { readonly unsettled: string }
}

/** What the block says of the probe itself. */
interface Circumstances {
  readonly at: Date
  readonly version: string
  readonly region: string
}

/** Gives the block to paste into docs/real-account.md. Nothing in it names the account. */
export function markdown(results: readonly Result[], { at, version, region }: Circumstances): string {
  return `### Probed on ${at.toISOString().slice(0, 10)}

With \`npm run probe\` of version ${version}, in ${region}; the function on Node 22 with 128 MB.

| fact | name | seen | in detail |
| --- | --- | --- | --- |
${results.map(row).join('\n')}`
}

function row({ fact: { name, title }, outcome }: Result): string {
  const [seen, detail] = 'unsettled' in outcome ? ['not settled', outcome.unsettled] : [outcome.reading, outcome.detail]
  return `| ${[title, `\`${name}\``, seen, detail].map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
