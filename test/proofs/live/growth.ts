import type { Held } from './gauge.ts'

/** What of it is compared. */
type Weighed = Pick<Held, 'memoryBytes' | 'descriptors'>

/** How much more memory a process may hold at the end. */
const mostGrowth = 0.2
/** A pool holds one connection to Scaleway and one from the gateway; at a look each may be open or not. */
const pooledConnections = 2

/** What a process held early and at the end. */
interface HeldTwice {
  readonly name: string
  readonly early: Weighed
  readonly late: Weighed
}

/** Says what grew that must not grow. Memory is left out where a soak is too short to tell a leak from warming up. */
export function growths({ name, early, late }: HeldTwice, { judgesMemory }: { judgesMemory: boolean }): string[] {
  const memory = late.memoryBytes / early.memoryBytes - 1
  const descriptors = late.descriptors - early.descriptors
  return [
    ...(judgesMemory && memory > mostGrowth ? [`${name}: memory grew by ${Math.round(memory * 100)} %`] : []),
    ...(descriptors > pooledConnections ? [`${name}: ${descriptors} more open descriptors`] : []),
  ]
}
