import type { Fact } from './fact.ts'

/** Says before anything is made what will be made, how long it takes and what it costs (docs/deploy.md#what-it-costs). */
export function planned(facts: readonly Fact[], { prefix, region }: { prefix: string; region: string }): string {
  const withFunction = facts.some(({ needsFunction }) => needsFunction)
  const minutes = withFunction ? 'Takes 10 to 40 minutes' : 'Takes a few minutes'
  const functions = withFunction
    ? '\n- a namespace with one private function (128 MB, one instance) and up to three CRON triggers, which each fire once'
    : ''
  return `This probe settles ${facts.length} of the open facts: ${facts.map(({ name }) => name).join(', ')}.

It makes, all named ${prefix}…, and removes all of it at the end, on an error and on Ctrl-C:
- a project of its own
- applications with a policy and a key each. Keys end by themselves after six hours, and are never printed or written to a file.
  With listKeys one of them may manage every application of the organization, for as long as that fact takes
- secrets in ${region} with up to 26 versions that hold nothing${functions}

It touches nothing else. ${minutes}. What it costs: functions less than €0.01, and nothing within the free amounts of a month;
Secret Manager its own price for those versions, stored for minutes; IAM nothing. Deleted secrets wait 7 days for their end, free
of charge, as every deleted secret does.`
}
