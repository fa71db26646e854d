import type { VersionRecord } from '../../fake-scaleway/index.ts'
import type { Chance } from './chance.ts'
import type { Stage } from './stage.ts'

/** Something that a person may do manually in the console. */
export function editManually(stage: Stage, luck: Chance): void {
  const { cloud, ids, versions, keys, watch, tell } = stage
  const [newest] = versions().filter(({ status }) => status === 'enabled')
  const disabled = versions().filter(({ status }) => status === 'disabled')
  const done = luck.one([
    () => deleteKey(stage, newest),
    () => newest && cloud.secrets.disableVersion(ids.secretId, newest.revision),
    () => newest && cloud.secrets.deleteVersion(ids.secretId, newest.revision),
    () => enable(stage, disabled[0]),
    () =>
      versions().length < 15 &&
      cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"a manual key","SECRET_KEY":"a manual secret"}' }),
    () =>
      keys().length < 10 && cloud.iam.createApiKey({ applicationId: ids.applicationId, description: 'made manually' }),
    () => luck.happens(0.3) && keys().map(key => removeKey(stage, key.accessKey)),
  ])
  done()
  tell(`a person edits: ${done.toString().slice(6)}`)
  watch.edited()
  watch.look()
}

function deleteKey(stage: Stage, version: VersionRecord | undefined): void {
  const current = stage.served()
  if (version !== undefined && current !== undefined) removeKey(stage, current.accessKey)
}

function removeKey({ cloud, watch }: Stage, accessKey: string): void {
  watch.excuse(accessKey)
  if (cloud.iam.apiKeys().some(key => key.accessKey === accessKey)) cloud.iam.deleteApiKey(accessKey)
}

function enable({ cloud, ids, watch }: Stage, version: VersionRecord | undefined): void {
  if (version === undefined) return
  cloud.secrets.enableVersion(ids.secretId, version.revision)
  const [, accessKey = ''] = /key=(SCW\w+)/.exec(version.description ?? '') ?? []
  watch.excuse(accessKey)
}
