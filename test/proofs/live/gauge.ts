import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../../bench/figures.ts'
import type { LiveFunction } from './live-stack.ts'

/** Memory and descriptors of a process. */
export interface Held {
  /** In use: the heap and external memory, without garbage. */
  readonly memoryBytes: number
  /** Resident: with garbage and free pages, which V8 returns at a time of its own. */
  readonly residentBytes: number
  readonly mostResidentBytes: number
  readonly descriptors: number
}

const samples = 5
const betweenMs = 100

/**
 * Measures an idle function's process: memory in use without garbage, resident memory and open descriptors, the latter
 * two as the median of several samples. Undefined where the system has no /proc.
 */
export async function held({ pid, collectGarbage }: LiveFunction): Promise<Held | undefined> {
  if (!hasProc()) return undefined
  const memoryBytes = await collectGarbage()
  const measured: Sample[] = []
  for (let sample = 0; sample < samples; sample++) {
    await sleep(betweenMs)
    measured.push(sampleOf(pid))
  }
  return {
    memoryBytes,
    residentBytes: median(measured.map(({ residentBytes }) => residentBytes)),
    mostResidentBytes: Math.max(...measured.map(({ mostResidentBytes }) => mostResidentBytes)),
    descriptors: median(measured.map(({ descriptors }) => descriptors)),
  }
}

type Sample = Omit<Held, 'memoryBytes'>

function sampleOf(pid: number): Sample {
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
