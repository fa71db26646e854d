import { provedByLives } from './harness/lives.ts'
import type { Stage } from './harness/stage.ts'
import { interleavedLife, interleavedParts } from './interleaved-lives.ts'
import { randomLife, randomParts } from './random-lives.ts'

const promises = 'every invariant holds, at every call and through days of ticks after it'
const hidden = 'rollbacks hidden by lists'
const figures = ({ cloud, watch }: Stage) => ({ calls: cloud.log.entries.length, [hidden]: watch.hiddenRollbacks })
const remark = ({ [hidden]: count = 0 }: Readonly<Record<string, number>>) =>
  `${count} rollbacks came to nothing because lists hid both version and rollback: the bound below`

/** Runs that go on at the same time. */
export const interleavedLives = provedByLives({
  name: 'interleaved',
  does: 'two or three runs (rotate, operator, force, tend, rollback, revoke) interleaved call by call; half with lists that lag up to a minute, half with clocks off by seconds',
  promises,
  life: interleavedLife,
  lives: { share: 2_000, full: 50_000 },
  livesPerPiece: 25,
  parts: interleavedParts,
  figures,
  remark,
})

/** Two months of everything. */
export const randomLives = provedByLives({
  name: 'random-lives',
  does: '60 days of ticks, buttons, faults, deaths, lists that lag, and people who delete, disable and enable by hand',
  promises,
  life: randomLife,
  lives: { share: 250, full: 50_000 },
  livesPerPiece: 10,
  parts: randomParts,
  figures,
})
