import { provedByLives } from './harness/lives.ts'
import type { Stage } from './harness/stage.ts'
import { interleavedLife, interleavedParts } from './interleaved-lives.ts'
import { randomLife, randomParts } from './random-lives.ts'

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
  lives: { share: 1_000, full: 50_000 },
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
  lives: { share: 150, full: 50_000 },
  livesPerPiece: 10,
  parts: randomParts,
  figures,
})
