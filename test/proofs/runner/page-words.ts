/** The end of the page: bounds that hold by design, and what the proofs do not show. */
export const boundsAndLimits = `## A rollback beside a publication

A rollback within about a minute of a publication could be overtaken by it. There is a mechanism now. A rotation asks
which version is served, which no list can hide, just before it publishes, and gives way to a rollback. What it had sent
already is taken back: by the same run’s next look, or by the next tick, if the run died. A rollback asks the same
before it acts, and looks once more after it. Two bounds are left:

- What was taken back is served again for the time between two calls of one run, or, if that run died there, until the
  next tick.
- A publication, its rollback, and a rotation that somebody else then begins, all within the time that lists lag (a
  minute, in the lives): the rotation can know of neither, and publishes one more new key. How often that came about
  among the lives with runs side by side stands in their row.

## What this does not prove

- **A real account.** The local Scaleway is built from documents, field by field, and where they are silent it takes the
  harder reading. What only a real account can show is [a list of its own](docs/real-account.md).
  The proofs lean on these readings, none of which is documented for certain:
  - a read of one key or one version is current, and only lists lag, by no more than a minute;
  - a key is refused everywhere as soon as it is deleted (permission caches are said to last about a minute);
  - versions that wait for deletion count in the quota of 20, expired keys in that of keys;
  - a time-out, a broken connection and a 5xx leave open whether the work was done; a 429 and a 4xx in Scaleway’s own
    words mean that it was not;
  - the clocks of Scaleway and of the function differ by seconds, not by minutes;
  - \`latest_enabled\` is the enabled version with the highest revision, and 404 when there is none.
- **Well-formed lies.** An answer that is right in form and wrong in content, such as another access key in a marker, or a
  refusal in Scaleway’s own words after the work was done, is believed. Nothing can tell it.
- **Time.** Lives have ticks about once a day instead of every hour, and time that stands still within a call, unless its
  fault takes time.
- **The HTTP client in most lives.** Lives run the SDK over an in-process \`fetch\`, without the client’s retries, which is
  the harder case. Sockets, time-outs and retries are in \`soak\`, \`load\`, in a part of \`malformed-answers\` (with shorter
  limits, so that it ends) and in the tests of the built bundles. TLS is in those tests alone.
- **What is not drawn.** Three faults in one journey are lived only by chance, four runs at a time not at all, and
  neither are two people who edit in the same second. \`rollback\` and \`revoke\` are in the lives, not in the soak.
- **Memory.** The soak judges what a process holds after its garbage was collected and its time limits have run out; what
  V8 keeps beyond that depends on the memory that it is given, and the platform’s limit is not set there. The soak lives
  years in minutes, so its highest figures are higher than a month’s.
- **Secrets in memory.** Heap dumps, core dumps and the environment of a process hold keys. Nothing looks for parts of a
  secret shorter than 17 characters, or for one that was encrypted or compressed.
- **Speed.** Only ratios count: client, gateway and local Scaleway share the processors with the functions. A function at
  70 mvCPU, several instances of retrieval, Windows and macOS were not tried.`
