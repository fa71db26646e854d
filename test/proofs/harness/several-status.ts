import type { Instance } from '../../support/rotation.ts'
import type { SeveralStage } from './several-stage.ts'

/** Checks that the status of all keys says of each what its own status says. */
export async function expectStatus(stage: SeveralStage, instance: Instance): Promise<void> {
  const { body } = await instance.status('monitor')
  const own = await Promise.all(
    stage.names.map(async name => [name, (await instance.status('monitor', `/${name}`)).body.healthy] as const),
  )
  const unhealthy = own.filter(([, healthy]) => healthy !== true).map(([name]) => name)
  const said = JSON.stringify(body.unhealthy)
  if (said !== JSON.stringify(unhealthy))
    stage.watch.note(
      'the status says what is',
      `unhealthy: ${said}, by their own statuses ${JSON.stringify(unhealthy)}`,
    )
}
