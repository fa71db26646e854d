/** The end of the page: bounds that hold by design, and what the proofs do not show. */
export const boundsAndLimits = `## A rollback beside a publication

A rollback within about a minute of a publication could be overtaken by it. There is a mechanism now. A rotation asks
which version is served, which no list can hide, just before it publishes, and gives way to a rollback. What it had sent
already is taken back: by the same run’s next look, or by the next tick, if the run died. A rollback asks the same
before it acts, and looks once more after it. The bound: what was taken back is served again for the time between two
calls of one run, or, if that run died there, until the next tick.

## What this does not prove

- **A real account.** The local Scaleway is built from documents, field by field, and where they are silent it takes the
  harder reading. The README lists [what only a real account can show](README.md#what-only-a-real-account-can-show).
  The proofs lean on these readings, none of which is documented for certain:
  - a read of one key or one version is current, and only lists lag, by no more than a minute;
  - a key is refused everywhere as soon as it is deleted (permission caches are said to last about a minute);
  - versions that wait for deletion count in the quota of 20, expired keys in that of keys;
  - a time-out, a broken connection and a 5xx leave open whether the work was done; a 429 and a 4xx in Scaleway’s own
    words mean that it was not;
  - the clocks of Scaleway and of the function differ by seconds, not by minutes;
  - \`latest_enabled\` is the enabled version with the highest revision, and 404 when there is none.
- **Time.** Lives have ticks about once a day instead of every hour, and time that stands still within a call. A call
  takes as long as its fault says.
- **Repetitions of the HTTP client.** Lives run the SDK over an in-process \`fetch\`. Sockets, time-outs and the retries
  under it are in the soak, in \`malformed-answers\` and in the tests of the built bundles.
- **What is not drawn.** Three faults in one journey are lived only by chance; four runs at a time are not; two people
  who edit in the same second are not.
- **Other machines.** Node for Windows and macOS, and a function at 70 mvCPU; memory is that of a process on Linux.`
