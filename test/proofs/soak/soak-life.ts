import type { Chance } from '../harness/chance.ts'
import type { Watch } from '../harness/invariants.ts'
import { isDocumented } from '../live/documented.ts'
import type { Answered, Calling, LiveStack } from '../live/live-stack.ts'
import { Published, revisionIn, secretKeyOf } from '../live/published.ts'
import { watchOf } from './soak-watch.ts'

/** Hourly runs between two rotations, and hours between two of them: never the overlap of 120 h without a refresh. */
const hourlyRuns = 3
const [minHours, maxHours] = [12, 24]
const maxTries = 12
/** The limits of routine rotations. No rotation is urgent here, so there are never more versions and keys. */
const [maxVersions, maxKeys] = [17, 10]
/**
 * A key is served until the next rotation, released after overlap and settle time, and deleted two hourly runs later;
 * two more may fail.
 */
const maxKeyHours = hourlyRuns * maxHours + 120 + 1 + 4 * maxHours

/**
 * A simulated run in processes of its own: rotations with hourly runs and retrievals between them; every answer is
 * checked.
 */
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

  /** True once there was a violation or a complaint. */
  get isBad(): boolean {
    return this.complaints.length > 0 || this.watch.violations.length > 0
  }

  /**
   * Hourly runs and retrievals over one to three days, then a rotation; a failed one is repeated, as an operator would.
   */
  async rotation(): Promise<void> {
    for (let run = 0; run < hourlyRuns; run++) {
      this.#advance(this.#luck.between(minHours, maxHours))
      await this.#hourlyRun()
      await this.#refresh()
    }
    const { monitor } = this.#stack.ids
    const before = this.#published.newest
    const isByOperator = this.#luck.happens(0.5)
    await this.#rotate(isByOperator)
    for (let tries = 1; this.#published.newest === before; tries++) {
      if (tries === maxTries) return this.#complain(`no rotation in ${maxTries} tries`)
      this.#advance(0.25)
      await this.#rotate(true)
    }
    await this.#refresh({ 'Cache-Control': 'no-cache' })
    if (this.#luck.happens(0.2)) await this.#ask('rotation', { method: 'GET', token: monitor.secretKey }, [200, 503])
  }

  async #hourlyRun(): Promise<void> {
    const faults = this.#count('faults')
    const { status } = await this.#ask('rotation', { method: 'POST', body: { action: 'tend', source: 'maintenance' } })
    if (this.#count('faults') === faults && this.#published.newest > 0) this.watch.afterCleanHourlyRun(status)
  }

  async #rotate(isByOperator: boolean): Promise<void> {
    const { operator } = this.#stack.ids
    const cron = { method: 'POST', body: { action: 'rotate', source: 'cron' } } as const
    await this.#ask('rotation', isByOperator ? { method: 'POST', token: operator.secretKey } : cron)
  }

  /** The consumer uses its key, which must not be refused, and fetches until retrieval gives it a key. */
  async #refresh(headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const { ids, cloud } = this.#stack
    if (this.#published.newest === 0) return
    const known = this.#fetched
    if (known !== undefined && !cloud.authenticates(known.secretKey)) this.#complain('a consumer was refused')
    const condition = known !== undefined && this.#luck.happens(0.4) ? { 'If-None-Match': known.etag } : {}
    const sent = { method: 'GET', token: ids.consumer.secretKey, headers: { ...headers, ...condition } } as const
    for (let tries = 0; tries < maxTries; tries++) {
      const { status, text, etag } = await this.#ask('retrieval', sent, [
        200,
        ...('If-None-Match' in condition ? [304] : []),
      ])
      if (status === 304) return
      if (status !== 200 || etag === null) continue
      if (!this.#published.holds(revisionIn(etag) ?? '', text))
        this.#complain('retrieval gave a key that was never published')
      this.#fetched = { etag, secretKey: secretKeyOf(text) }
      if (!cloud.authenticates(this.#fetched.secretKey)) this.#complain('retrieval gave a key that does not work')
      return
    }
    this.#complain(`no key in ${maxTries} fetches`)
  }

  async #ask(name: 'rotation' | 'retrieval', calling: Calling, good: readonly number[] = [200]): Promise<Answered> {
    const answered = await this.#stack[name].call(calling)
    const { status, text } = answered
    const shown = name === 'rotation' ? text : ''
    this.history.push(
      `${this.#now()} ${name} ${calling.method} ${JSON.stringify(calling.body) ?? ''} → ${status} ${shown}`,
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

  /** Checks the true state of Scaleway. */
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
    if (versions > maxVersions) this.#complain(`${versions} versions`)
    if (keys.length > maxKeys) this.#complain(`${keys.length} keys`)
    const oldest = Math.min(...keys.map(({ createdAt }) => createdAt.getTime()))
    if (clock.now().getTime() - oldest > maxKeyHours * 3_600_000) this.#complain(`a key is older than ${maxKeyHours} h`)
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
