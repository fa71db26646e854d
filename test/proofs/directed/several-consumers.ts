import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { startRetrieval } from '../harness/retrieval-stage.ts'
import { createSeveralStage, type SeveralStage } from '../harness/several-stage.ts'

/** Who asks retrieval: the consumer of a key, or the operator. */
interface Asking {
  readonly secretKey: string
  /** The keys that it may fetch. */
  readonly names: readonly string[]
}

/**
 * Consumers of several keys fetch theirs, also at another's name and with another's tag, while keys are rotated and one
 * of the secrets cannot be read: everybody is given the key that was asked for, and no other.
 */
export const severalConsumers: Life = async seed => {
  const luck = chance(seed)
  const stage = createSeveralStage({ seed, names: ['billing', 'mailer', 'search'].slice(0, luck.between(2, 3)) })
  const { rotation, names, ids, clock, cloud } = stage
  await rotation.post({ action: 'tend' })
  stage.look()
  const retrieval = await startRetrieval(stage, { speedUp: 5 })
  const consumers = ids.keys.map(({ name, consumer }): Asking => ({ secretKey: consumer.secretKey, names: [name] }))
  const [first = { secretKey: '', names }, ...others] = [...consumers, { secretKey: ids.operator.secretKey, names }]
  const tags = new Map<string, string>()
  try {
    for (let step = 0; step < 30; step++) {
      clock.advance({ seconds: luck.one([5, 61, 700, 7_000]) })
      if (luck.happens(0.3))
        await rotation.post({ force: true, keys: names.filter(() => luck.happens(0.6)) }, 'operator')
      stage.look()
      const unread = luck.happens(0.2) ? luck.one(['', ...names]) : ''
      if (unread !== '')
        cloud.faults.add({
          match: call => stage.isAbout(call, [unread]),
          rate: 1,
          fault: { kind: 'status', status: 503 },
        })
      await fetchOnce(stage, luck, { handle: retrieval.handle, asking: luck.one([first, ...others]), unread, tags })
      cloud.faults.clear()
    }
  } finally {
    await retrieval.close()
  }
  await stage.settle()
  return stage
}

interface Fetching {
  readonly handle: Awaited<ReturnType<typeof startRetrieval>>['handle']
  readonly asking: Asking
  /** The key whose secret cannot be read now; empty for none. */
  readonly unread: string
  /** The key that each tag was given with, by the tag. */
  readonly tags: Map<string, string>
}

async function fetchOnce(stage: SeveralStage, luck: Chance, { handle, asking, unread, tags }: Fetching): Promise<void> {
  const { cloud, ids } = stage
  const [only, ...more] = asking.names
  const name = luck.happens(0.3) ? undefined : luck.one([stage.names[0] ?? '', ...stage.names.slice(1)])
  const asked = name ?? (more.length === 0 ? only : undefined)
  const known = luck.happens(0.4) ? luck.one(['', ...tags.keys()]) : ''
  const { statusCode, headers, body } = await handle({
    httpMethod: 'GET',
    path: `/${name ?? ''}`,
    headers: {
      'X-Auth-Token': asking.secretKey,
      ...(known !== '' && { 'If-None-Match': known }),
      ...(luck.happens(0.2) && { 'Cache-Control': 'no-cache' }),
    },
  })
  stage.tell(`GET /${name ?? ''} by one who may fetch ${asking.names.join(', ')}: ${statusCode}`)
  const note = (detail: string) => stage.watch.note('every consumer is given its own key', detail)
  if (asked === undefined || !asking.names.includes(asked)) {
    if (statusCode !== 404) note(`${statusCode} for a key that is not the caller’s, or for none`)
    return
  }
  if (statusCode === 304 && tags.get(known) !== asked) note(`304 for ${asked} to the tag of ${tags.get(known)}`)
  if (statusCode !== 200) {
    if (statusCode !== 304 && asked !== unread)
      note(`${statusCode} for ${asked}, though ${unread || 'nothing'} is unread`)
    return
  }
  const { API_KEY: accessKey } = JSON.parse(body)
  const application = ids.keys.find(key => key.name === asked)?.applicationId
  if (cloud.iam.apiKeys(application).every(key => key.accessKey !== accessKey))
    note(`the key given for ${asked} is not its`)
  tags.set(headers.ETag ?? '', asked)
}
