import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../../bench/figures.ts'
import type { LiveFunction } from './live-stack.ts'

/** What a process holds. */
export interface Held {
  /** In use: heap and what hangs on it, without garbage. */
  readonly memoryBytes: number
  /** Resident: with garbage and free pages, which V8 gives back when it likes. */
  readonly residentBytes: number
  readonly mostResidentBytes: number
  readonly descriptors: number
}

const samples = 5
const betweenMs = 100

/**
 * Gives what a function's process holds while it is idle: memory in use without garbage, resident memory and open
 * descriptors, the latter two the middle of several looks. Undefined where the system has no /proc.
 */
export async function held({ pid, collectGarbage }: LiveFunction): Promise<Held | undefined> {
  if (!hasProc()) return undefined
  const memoryBytes = await collectGarbage()
  const looks: Look[] = []
  for (let sample = 0; sample < samples; sample++) {
    await sleep(betweenMs)
    looks.push(lookAt(pid))
  }
  return {
    memoryBytes,
    residentBytes: median(looks.map(({ residentBytes }) => residentBytes)),
    mostResidentBytes: Math.max(...looks.map(({ mostResidentBytes }) => mostResidentBytes)),
    descriptors: median(looks.map(({ descriptors }) => descriptors)),
  }
}

type Look = Omit<Held, 'memoryBytes'>

function lookAt(pid: number): Look {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    residentBytes: bytesOf(status, 'VmRSS'),
    mostResidentBytes: bytesOf(status, 'VmHWM'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }
}

function bytesOf(status: string, field: string): number {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  if (kilobytes === undefined) throw new Error('A function has no memory: its process has ended.')
  return Number(kilobytes) * 1024
}

function hasProc(): boolean {
  try {
    return readFileSync('/proc/self/status', 'utf8').includes('VmRSS:')
  } catch {
    return false
  }
}
