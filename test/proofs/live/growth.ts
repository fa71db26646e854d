import type { Held } from './gauge.ts'

/** The measurements that are compared. */
type Compared = Pick<Held, 'memoryBytes' | 'descriptors'>

/** By how much the memory of a process may grow until the end, as a share. */
const maxGrowth = 0.2
/** A pool holds one connection to Scaleway and one from the gateway; at each measurement they may be open or not. */
const pooledConnections = 2

/** The measurements of a process, early and at the end. */
interface HeldTwice {
  readonly name: string
  readonly early: Compared
  readonly late: Compared
}

/** Names what grew too much. Memory is not judged if the soak is too short to tell a leak from warming up. */
export function growths({ name, early, late }: HeldTwice, { judgesMemory }: { judgesMemory: boolean }): string[] {
  const memory = late.memoryBytes / early.memoryBytes - 1
  const descriptors = late.descriptors - early.descriptors
  return [
    ...(judgesMemory && memory > maxGrowth ? [`${name}: memory grew by ${Math.round(memory * 100)} %`] : []),
    ...(descriptors > pooledConnections ? [`${name}: ${descriptors} more open descriptors`] : []),
  ]
}
