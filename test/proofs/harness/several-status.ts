import type { Instance } from '../../support/rotation.ts'
import type { SeveralStage } from './several-stage.ts'

/** Checks that the status of all keys gives those of these keys, whatever befalls another one. */
export async function expectGiven(stage: SeveralStage, instance: Instance, names: readonly string[]): Promise<void> {
  const { status, body } = await instance.status('monitor', '/', { 'Cache-Control': 'no-cache' })
  const given: Readonly<Record<string, { error?: unknown } | undefined>> = { ...Object(body.keys) }
  const missing = names.filter(name => given[name] === undefined || given[name].error !== undefined)
  if (missing.length > 0) stage.watch.note('the status says what is', `${status}, and nothing of ${missing.join(', ')}`)
}

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
