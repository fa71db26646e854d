import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../../bench/figures.ts'
import type { LiveFunction } from './live-stack.ts'

/** What a process holds. */
export interface Held {
  readonly memoryBytes: number
  /** The most that it ever held, garbage included. */
  readonly mostMemoryBytes: number
  readonly descriptors: number
}

const samples = 5
const betweenMs = 100

/**
 * Gives what a function's process holds while it is idle and without garbage: resident memory and open descriptors, the
 * middle of several looks. Undefined where the system has no /proc.
 */
export async function held({ pid, collectGarbage }: LiveFunction): Promise<Held | undefined> {
  if (!hasProc()) return undefined
  await collectGarbage()
  const looks: Held[] = []
  for (let sample = 0; sample < samples; sample++) {
    await sleep(betweenMs)
    looks.push(lookAt(pid))
  }
  return {
    memoryBytes: median(looks.map(({ memoryBytes }) => memoryBytes)),
    mostMemoryBytes: Math.max(...looks.map(({ mostMemoryBytes }) => mostMemoryBytes)),
    descriptors: median(looks.map(({ descriptors }) => descriptors)),
  }
}

function lookAt(pid: number): Held {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    memoryBytes: bytesOf(status, 'VmRSS'),
    mostMemoryBytes: bytesOf(status, 'VmHWM'),
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
