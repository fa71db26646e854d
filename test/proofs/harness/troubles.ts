import type { Fault } from '../../fake-scaleway/index.ts'
import type { Chance } from './chance.ts'
import { editManually } from './manual-edits.ts'
import { mishaps } from './mishaps.ts'
import type { SeveralStage } from './several-stage.ts'

const dayMs = 86_400_000
/** A deleted secret can be restored for a week; the next step may come two days later. */
const restoredAfterMs = 3 * dayMs

/** The keys that meet trouble, and what people have taken away. */
export interface Troubled {
  readonly stage: SeveralStage
  readonly troubled: readonly [string, ...string[]]
  readonly luck: Chance
  /** The moments (epoch milliseconds) at which secrets were deleted. */
  readonly deletedMs: Map<string, number>
  readonly gone: Set<string>
}

/** What befalls a key that meets trouble. */
export async function trouble(scene: Troubled): Promise<void> {
  const { stage, luck, gone } = scene
  const there = scene.troubled.filter(name => !gone.has(name))
  const [name] = there
  if (name === undefined || luck.happens(0.3)) return
  const isAbout = (about: Parameters<SeveralStage['isAbout']>[0]) => stage.isAbout(about, there)
  const isAnyDeleted = there.some(one => scene.deletedMs.has(one))
  await luck.one([
    async () => stage.cloud.faults.add({ match: isAbout, rate: luck.below(0.8), fault: luck.one<Fault>(mishaps) }),
    async () => stage.cloud.faults.add({ match: isAbout, rate: 1, fault: { kind: 'status', status: 503 } }),
    async () => stage.slowMs.set(name, luck.one([3_000, 12_000, 20_000])),
    async () => isAnyDeleted || editManually(stage.of(name), luck),
    async () => isAnyDeleted || fillVersions(stage.of(name)),
    async () => luck.happens(0.5) && deleteSecret(scene, name),
    async () => luck.happens(0.1) && deleteApplication(scene, name),
  ])()
}

/** Unmanaged versions fill the quota of a key for a week. */
function fillVersions({ cloud, ids, versions, watch, tell }: ReturnType<SeveralStage['of']>): void {
  while (versions().length < 20) {
    const { revision } = cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"by","SECRET_KEY":"hand"}' })
    cloud.secrets.deleteVersion(ids.secretId, revision)
  }
  tell('versions by hand fill the quota')
  watch.edited()
}

function deleteSecret({ stage, deletedMs }: Troubled, name: string): void {
  if (deletedMs.has(name)) return
  const { cloud, ids, clock, watch, tell } = stage.of(name)
  cloud.secrets.deleteSecret(ids.secretId)
  deletedMs.set(name, clock.now().getTime())
  tell('a person deletes the secret')
  watch.edited()
}

/** Restores a secret before it can no longer be restored. */
export function restoreInTime({ stage, deletedMs, luck }: Troubled): void {
  for (const [name, sinceMs] of deletedMs) {
    const isLate = stage.clock.now().getTime() - sinceMs > restoredAfterMs
    if (!isLate && luck.happens(0.7)) continue
    restore(stage, name)
    deletedMs.delete(name)
  }
}

/** Restores the secret of a key. */
export function restore(stage: SeveralStage, name: string): void {
  const { cloud, ids, watch, tell } = stage.of(name)
  cloud.secrets.restoreSecret(ids.secretId)
  tell('a person restores the secret')
  watch.edited()
}

/** For good: nothing is promised for this key any more. */
async function deleteApplication({ stage, deletedMs, gone }: Troubled, name: string): Promise<void> {
  const { cloud, ids, tell } = stage.of(name)
  if (deletedMs.delete(name)) restore(stage, name)
  stage.abandon(name)
  gone.add(name)
  const { status } = await cloud.fetch(`https://scaleway.test/iam/v1alpha1/applications/${ids.applicationId}`, {
    method: 'DELETE',
    headers: { 'X-Auth-Token': cloud.owner.secretKey },
  })
  tell(`a person deletes the application: ${status}`)
}
