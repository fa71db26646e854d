import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A control group with a share of one core. A process joins by writing its id into `joinFile`. */
export interface Throttle {
  readonly joinFile: string
  remove(): Promise<void>
}

// The share of a function with 128 MB (docs/scaleway.md#memory-and-cpu). The period is short, so that
// times are not rounded to the usual 100 ms.
const periodMicroseconds = 20_000
const quotaMicroseconds = 1_400

/**
 * Makes a control group (v2 or v1) that holds processes to 7 % of one core; gives `undefined` where this machine or
 * this user may not. Remove it when its processes have ended.
 */
export async function makeThrottle(): Promise<Throttle | undefined> {
  const hierarchy = hierarchies.find(({ present }) => present())
  if (hierarchy === undefined) return undefined
  const folder = `${hierarchy.root}/retrieval-bench-${process.pid}`
  try {
    await mkdir(folder)
    for (const [file, value] of Object.entries(hierarchy.settings)) await writeFile(`${folder}/${file}`, value)
    return { joinFile: `${folder}/cgroup.procs`, remove: () => remove(folder) }
  } catch {
    await rmdir(folder).catch(() => undefined)
    return undefined
  }
}

const hierarchies = [
  {
    root: '/sys/fs/cgroup',
    present: () => /\bcpu\b/.test(textOf('/sys/fs/cgroup/cgroup.subtree_control')),
    settings: { 'cpu.max': `${quotaMicroseconds} ${periodMicroseconds}` },
  },
  {
    root: '/sys/fs/cgroup/cpu',
    present: () => existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'),
    settings: { 'cpu.cfs_period_us': `${periodMicroseconds}`, 'cpu.cfs_quota_us': `${quotaMicroseconds}` },
  },
]

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** A group can be removed a moment after its last process has ended. */
async function remove(folder: string): Promise<void> {
  for (let attempt = 0; existsSync(folder) && attempt < 50; attempt++) {
    await rmdir(folder).catch(() => delay(100))
  }
}
