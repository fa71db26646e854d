import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

/** Waits until the process has ended. It is not our child, so that no event reports its end: it is polled. */
export async function ended(pid: number): Promise<void> {
  while (runningProcesses().some(line => line.pid === pid)) await pause(20)
}

/** Waits until a group of processes is empty: a command that leads one, and all that it has started. */
export async function groupEnded(group: number): Promise<void> {
  while (runningInGroup(group).length > 0) await pause(20)
}

/** Gives the ids of the processes of a group that still run. */
export function runningInGroup(group: number): number[] {
  return runningProcesses().flatMap(line => (line.group === group ? [line.pid] : []))
}

/** Zombies (ended, but not yet collected by their parent) do not count. */
function runningProcesses() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  return lines
    .map(line => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, group]) => ({ pid: Number(pid), group: Number(group) }))
}
