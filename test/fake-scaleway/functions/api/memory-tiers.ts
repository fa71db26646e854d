import { invalidArgument } from '../../http/errors.ts'

/** Megabytes of memory → thousandths of a CPU: a strict list (docs/scaleway.md#memory-and-cpu). */
const tiers: ReadonlyMap<number, number> = new Map([
  [128, 70],
  [256, 140],
  [512, 280],
  [1024, 560],
  [2048, 1120],
  [3072, 1680],
  [4096, 2240],
])

/** The `cpu_limit` of a memory limit in megabytes, in thousandths of a CPU. Refuses with 400 a memory that is no tier. */
export function cpuLimitOf(memoryLimitMegabytes: number): number {
  const cpuLimit = tiers.get(memoryLimitMegabytes)
  if (cpuLimit !== undefined) return cpuLimit
  throw invalidArgument('memory_limit', 'constraint', `must be one of ${[...tiers.keys()].join(', ')}`)
}
