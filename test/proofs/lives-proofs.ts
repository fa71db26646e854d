import { provedByLives } from './harness/lives.ts'
import type { Stage } from './harness/stage.ts'
import { interleavedLife, interleavedParts } from './interleaved-lives.ts'
import { randomLife, randomParts } from './random-lives.ts'
import { severalInterleavedLife, severalInterleavedParts } from './several-interleaved.ts'
import { severalLife, severalParts } from './several-lives.ts'

const promises = 'every invariant holds, at every call and through days of hourly runs after it'
const hidden = 'rollbacks hidden by lists'
const figures = ({ cloud, watch }: Stage) => ({ calls: cloud.log.entries.length, [hidden]: watch.hiddenRollbacks })
const remark = ({ [hidden]: count = 0 }: Readonly<Record<string, number>>) =>
  `${count} rollbacks were overtaken because lists hid both version and rollback: the bound below`

/** Overlapping runs, interleaved call by call. */
export const interleavedLives = provedByLives({
  name: 'interleaved',
  does: 'two or three runs (rotate, operator, force, tend, rollback, revoke) interleaved call by call; half with lists that lag up to a minute, half with clocks off by seconds',
  promises,
  life: interleavedLife,
  lives: { share: 500, full: 50_000 },
  livesPerPiece: 25,
  parts: interleavedParts,
  figures,
  remark,
})

/** Two months in which anything may happen. */
export const randomLives = provedByLives({
  name: 'random-lives',
  does: '60 days of hourly runs, a CRON delivered again, operator requests, faults, killed runs, lists that lag, people who delete, disable and enable manually, callers without the right, and an attacker who makes keys',
  promises,
  life: randomLife,
  lives: { share: 100, full: 50_000 },
  livesPerPiece: 10,
  parts: randomParts,
  figures,
})

/** A month of several keys, some of which meet trouble. */
export const severalLives = provedByLives({
  name: 'several-keys',
  does: '30 days of two to four keys; one or two of them meet faults, slow answers, a full quota, manual edits, a deleted secret or application; hourly runs over all, a CRON and an operator who press for one or several',
  promises:
    'every invariant holds for each key, no run touches another key’s things, and all that is due for the others is done in time',
  life: severalLife,
  lives: { share: 30, full: 1_000 },
  livesPerPiece: 5,
  parts: severalParts,
  figures,
})

/** Overlapping runs of several keys, to one instance or two. */
export const severalInterleaved = provedByLives({
  name: 'several-interleaved',
  does: 'two or three overlapping requests about two or three keys (rotate, operator, force, tend, rollback, revoke), to one instance or to two, interleaved call by call; half with lists that lag up to a minute, a third with a kill',
  promises,
  life: severalInterleavedLife,
  lives: { share: 150, full: 5_000 },
  livesPerPiece: 15,
  parts: severalInterleavedParts,
  figures,
})
