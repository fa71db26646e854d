import { AsyncLocalStorage } from 'node:async_hooks'
import type { Deployment } from '../../support/rotation.ts'

/** Whose things a call is about: a key by its name, or the deployment's own applications. */
export type Owner = string

/** The owner of the deployment's own applications. No key can have this name. */
export const deploymentItself = 'the deployment'

/** A request that is under way: whose things it may touch, and what came of it. */
interface Asked {
  readonly owners: ReadonlySet<Owner>
  beats: number
}

const named = /SCW[A-Z0-9]{17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Knows whose application, secret or API key each id is, and that a run touches those alone that it was asked for. */
export class Boundaries {
  readonly #deployment: Pick<Deployment, 'cloud' | 'ids'>
  readonly #note: (detail: string) => void
  readonly #owners = new Map<string, Owner>()
  readonly #applications = new Map<string, Owner>()
  readonly #asked = new AsyncLocalStorage<Asked>()

  constructor(deployment: Pick<Deployment, 'cloud' | 'ids'>, note: (detail: string) => void) {
    const { ids } = deployment
    this.#deployment = deployment
    this.#note = note
    for (const { name, applicationId, secretId, consumer } of ids.keys) {
      this.#owners.set(secretId, name)
      this.#applications.set(applicationId, name)
      this.#applications.set(consumer.applicationId, deploymentItself)
    }
    for (const { applicationId } of [ids.rotator, ids.reader, ids.operator, ids.monitor])
      this.#applications.set(applicationId, deploymentItself)
    for (const [application, owner] of this.#applications) this.#owners.set(application, owner)
  }

  /** Makes a request that may touch these alone; gives what it gives, and how often it sent a heartbeat. */
  async during<Result>(
    owners: Iterable<Owner>,
    act: () => Promise<Result>,
  ): Promise<{ result: Result; beats: number }> {
    const asked: Asked = { owners: new Set(owners), beats: 0 }
    const result = await this.#asked.run(asked, act)
    return { result, beats: asked.beats }
  }

  /** Counts a heartbeat of the request that is under way. */
  beat(): void {
    const asked = this.#asked.getStore()
    if (asked !== undefined) asked.beats += 1
  }

  /** Gives the owners of what a text names. */
  ownersIn(text: string): Owner[] {
    for (const { accessKey, applicationId = '' } of this.#deployment.cloud.iam.apiKeys()) {
      const owner = this.#applications.get(applicationId)
      if (owner !== undefined) this.#owners.set(accessKey, owner)
    }
    const found = [...text.matchAll(named)].map(([id]) => this.#owners.get(id)).filter(owner => owner !== undefined)
    return [...new Set(found)]
  }

  /** Looks at a call that is about to be made, and gives whose things it is about. */
  async check(request: Request): Promise<Owner | undefined> {
    const body = request.method === 'GET' ? '' : await request.clone().text()
    const owners = this.ownersIn(`${request.url} ${body}`)
    const call = `${request.method} ${new URL(request.url).pathname}`
    if (owners.length > 1) this.#note(`${call} is about ${owners.join(' and ')}`)
    const asked = this.#asked.getStore()?.owners
    const other = owners.find(owner => asked !== undefined && !asked.has(owner))
    if (other !== undefined) this.#note(`${call} is about ${other} in a run of ${[...(asked ?? [])].join(', ')}`)
    return owners[0]
  }
}
