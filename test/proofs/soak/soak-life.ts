import type { Chance } from '../harness/chance.ts'
import type { Watch } from '../harness/invariants.ts'
import { isDocumented } from '../live/documented.ts'
import type { Answered, Calling, LiveStack } from '../live/live-stack.ts'
import { Published, secretKeyOf } from '../live/published.ts'
import { watchOf } from './soak-watch.ts'

/** Ticks between two rotations, and hours between two ticks: never the overlap of 120 h without a refresh. */
const ticks = 3
const [leastHours, mostHours] = [12, 24]
const mostTries = 12
/** Where routine rotations stop. Nothing here is urgent, so no more than these are ever there. */
const [mostVersions, mostKeys] = [17, 10]
/** A key is served until the next rotation, released after overlap and settle, and gone two ticks later; two more may fail. */
const mostKeyHours = ticks * mostHours + 120 + 1 + 4 * mostHours

/** A life in processes of its own: rotations with ticks and retrievals between them, each answer judged. */
export class SoakLife {
  readonly watch: Watch
  readonly complaints: string[] = []
  readonly history: string[] = []
  readonly figures: Record<string, number> = { calls: 0, faults: 0, 'most versions': 0, 'most keys': 0 }
  readonly #stack: LiveStack
  readonly #luck: Chance
  readonly #published: Published
  #fetched: { readonly etag: string; readonly secretKey: string } | undefined

  constructor(stack: LiveStack, luck: Chance) {
    this.#stack = stack
    this.#luck = luck
    this.#published = new Published(stack)
    this.watch = watchOf(stack, this.#published)
  }

  /** True once anything was not as it must be. */
  get isBad(): boolean {
    return this.complaints.length > 0 || this.watch.violations.length > 0
  }

  /** Ticks and retrievals over one to three days, and then a rotation, repeated as a person would when it fails. */
  async rotation(): Promise<void> {
    for (let tick = 0; tick < ticks; tick++) {
      this.#advance(this.#luck.between(leastHours, mostHours))
      await this.#tick()
      await this.#refresh()
    }
    const before = this.#published.newest
    const isByOperator = this.#luck.happens(0.5)
    await this.#rotate(isByOperator)
    for (let tries = 1; this.#published.newest === before; tries++) {
      if (tries === mostTries) return this.#complain(`no rotation in ${mostTries} tries`)
      this.#advance(0.25)
      await this.#rotate(true)
    }
    await this.#refresh({ 'Cache-Control': 'no-cache' })
    if (this.#luck.happens(0.2)) await this.#ask('rotation', { method: 'GET' }, [200, 503])
  }

  async #tick(): Promise<void> {
    const faults = this.#count('faults')
    const { status } = await this.#ask('rotation', { method: 'POST', body: { action: 'tend', source: 'maintenance' } })
    if (this.#count('faults') === faults && this.#published.newest > 0) this.watch.afterCleanTick(status)
  }

  async #rotate(isByOperator: boolean): Promise<void> {
    const { operator } = this.#stack.ids
    const cron = { method: 'POST', body: { action: 'rotate', source: 'cron' } } as const
    await this.#ask('rotation', isByOperator ? { method: 'POST', token: operator.secretKey } : cron)
  }

  /** The consumer uses what it has, which must not be refused, and fetches until it is given a key. */
  async #refresh(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const { ids, cloud } = this.#stack
    if (this.#published.newest === 0) return
    const known = this.#fetched
    if (known !== undefined && !cloud.authenticates(known.secretKey)) this.#complain('a consumer was refused')
    const condition = known !== undefined && this.#luck.happens(0.4) ? { 'If-None-Match': known.etag } : {}
    const sent = { method: 'GET', token: ids.consumer.secretKey, headers: { ...headers, ...condition } } as const
    for (let tries = 0; tries < mostTries; tries++) {
      const { status, text, etag } = await this.#ask('retrieval', sent, [
        200,
        ...('If-None-Match' in condition ? [304] : []),
      ])
      if (status === 304) return
      if (status !== 200 || etag === null) continue
      if (!this.#published.holds(JSON.parse(etag), text)) this.#complain('retrieval gave what was never published')
      this.#fetched = { etag, secretKey: secretKeyOf(text) }
      if (!cloud.authenticates(this.#fetched.secretKey)) this.#complain('retrieval gave a key that does not work')
      return
    }
    this.#complain(`no key in ${mostTries} fetches`)
  }

  async #ask(name: 'rotation' | 'retrieval', calling: Calling, good: readonly number[] = [200]): Promise<Answered> {
    const answered = await this.#stack[name].call(calling)
    const { status, text } = answered
    const told = name === 'rotation' ? text : ''
    this.history.push(
      `${this.#now()} ${name} ${calling.method} ${JSON.stringify(calling.body) ?? ''} → ${status} ${told}`,
    )
    if (!good.includes(status) && !isDocumented(name, answered)) this.#complain(`${name} answered ${status}`)
    this.#add(`${name} ${status}`, 1)
    this.#look()
    return answered
  }

  #advance(hours: number): void {
    this.#stack.clock.advance({ hours })
    this.#look()
  }

  /** Looks at Scaleway as it truly is. */
  #look(): void {
    const { cloud, ids, clock } = this.#stack
    this.#add('calls', cloud.log.entries.length)
    this.#add('faults', cloud.log.entries.filter(({ fault }) => fault !== undefined).length)
    cloud.log.clear()
    this.watch.look()
    this.#published.look()
    const versions = cloud.secrets.versions(ids.secretId).length
    const keys = cloud.iam.apiKeys(ids.applicationId)
    this.#most('most versions', versions)
    this.#most('most keys', keys.length)
    if (versions > mostVersions) this.#complain(`${versions} versions`)
    if (keys.length > mostKeys) this.#complain(`${keys.length} keys`)
    const oldest = Math.min(...keys.map(({ createdAt }) => createdAt.getTime()))
    if (clock.now().getTime() - oldest > mostKeyHours * 3_600_000)
      this.#complain(`a key is older than ${mostKeyHours} h`)
  }

  #complain(what: string): void {
    this.complaints.push(`${this.#now()}: ${what}`)
  }

  #now(): string {
    return this.#stack.clock.now().toISOString()
  }

  #count(name: string): number {
    return this.figures[name] ?? 0
  }

  #most(name: string, count: number): void {
    this.figures[name] = Math.max(this.#count(name), count)
  }

  #add(name: string, count: number): void {
    this.figures[name] = this.#count(name) + count
  }
}
