import { calling } from '../../functions/rotation/scaleway/api-error.ts'
import { onceThere } from './allowed.ts'
import type { Scaleway } from './scaleway.ts'
import { description, type Stage } from './stage.ts'

/** Makes a secret in the probe's project, with versions that hold nothing. */
export async function makeSecret(stage: Stage, role: string, versions = 0): Promise<string> {
  const { owner, made, prefix, projectId } = stage
  const name = `${prefix}-${role}`
  const secretId = await made.make('secret', name, () =>
    calling('create secret', () =>
      owner.secrets.createSecret({ name, projectId, tags: [], type: 'opaque', protected: false, description }),
    ),
  )
  await onceThere(stage, 'the new secret', () => calling('get secret', () => owner.secrets.getSecret({ secretId })))
  for (let count = 0; count < versions; count++) await addVersion(owner, secretId)
  return secretId
}

/** Adds a version that holds nothing, as one bearer; gives its revision. */
export async function addVersion({ secrets }: Pick<Scaleway, 'secrets'>, secretId: string): Promise<number> {
  const data = Buffer.from('probe').toString('base64')
  return (await calling('create version', () => secrets.createSecretVersion({ secretId, data }))).revision
}
