/** The end of the page of results: bounds that remain by design, and what the proofs do not show. */
export const boundsAndLimits = `## A rollback beside a publication

A publication could overtake a rollback that comes within about a minute of it. Two checks limit this. Just before it
publishes, a rotation asks which version is served, which no lagging list can hide, and gives way to a rollback. If its
publication was already sent, it is rolled back: by the same run’s next look, or by the next hourly run if that run died.
A rollback asks the same before it acts, and looks once more afterwards. Two bounds remain:

- The rolled-back version is served again for the time between two calls of one run or, if that run died there, until
  the next hourly run.
- A publication, its rollback and a rotation that another caller then starts, all within the time that lists lag (a
  minute, in the simulations): the rotation can know of neither, and publishes one more new key. The rows
  of \`interleaved\` and \`several-interleaved\` say how often that happened.

## Several keys

Each key of a simulation is watched as if it were alone, with every invariant at every call. Two more invariants join them:

- **No run touches another key’s things.** Each call is about one key’s application, secret and API keys, and about a key
  that the run was asked for; the deployment’s own applications are read by the status and by an hourly run over all keys.
- **What befalls one key changes nothing for the others.** Before each run a dry run of every other key alone says what is
  due for it. The run over all of them must have done that and made no key more, while one or two keys meet faults, answer
  slowly or not at all, have full quotas, are edited, or have lost their secret or their application.

## What this does not prove

- **A real account.** The local Scaleway is built from documents, field by field. Where they are silent, it takes the
  harder reading. [What only a real account can show](docs/real-account.md) is a list of its own.
  The proofs rely on these readings, none of which is documented for certain:
  - a read of one key or one version is current, and only lists lag, by a minute at most;
  - a deleted key is refused everywhere at once (permission caches are said to last about a minute);
  - versions that are scheduled for deletion count in the quota of 20, expired keys in the quota of keys;
  - a time-out, a broken connection or a 5xx leaves open whether the work was done; a 429 without a body, or a 4xx in
    Scaleway’s own words, means that it was not;
  - the clocks of Scaleway and of the function differ by seconds, not by minutes (from five minutes on nothing is changed);
  - \`latest_enabled\` is the enabled version with the highest revision, and 404 if there is none.
- **Well-formed false answers.** An answer that is valid in form but wrong in content is believed: another access key in
  a marker, for example, or a refusal in Scaleway’s own words after the work was done. No check can detect it.
- **Time.** In the simulations the hourly run comes about once a day, and time stands still within a call unless its
  fault takes time.
- **The HTTP client in most simulations.** They run the SDK over an in-process \`fetch\`, without the client’s retries,
  which is the harder case. Sockets, time-outs and retries are covered by \`soak\`, \`load\`, a part of
  \`malformed-answers\` (with shorter limits, so that it ends) and the tests of the built bundles. TLS is covered by those
  tests only.
- **What is not drawn.** Three faults in one journey occur only by chance. Four runs at a time never occur, nor do two
  people who edit in the same second. \`rollback\` and \`revoke\` are in the simulations, not in the soak.
  In most simulations hourly runs look at the keys of two of the deployment’s own applications, in one scenario at all.
  Simulations of several keys have two to four, of many keys nine to twenty-six; forty are in no simulation.
- **Memory.** The soak measures a process after garbage collection and after its time limits have passed. What V8 keeps
  beyond that depends on the memory that it is given, and the platform’s limit is not set there. The soak compresses
  years into minutes, so its highest figures are higher than those of a month.
- **Secrets in memory.** Heap dumps, core dumps and the environment of a process contain keys. No check looks for parts
  of a secret shorter than 17 characters, or for an encrypted or compressed secret.
- **Speed.** Only ratios count: client, gateway and local Scaleway share the processors with the functions. A function
  at 70 mvCPU, several instances of retrieval, Windows and macOS were not tried.`
