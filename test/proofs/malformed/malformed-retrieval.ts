import type { FakeScaleway } from '../../fake-scaleway/index.ts'
import { type Chance, chance } from '../harness/chance.ts'
import { createRetrievalStage, type RetrievalStage } from '../harness/retrieval-stage.ts'
import type { MalformedLife } from './malformed-rotation.ts'
import { within } from './malformed-wire.ts'
import { type Mutated, type Mutation, mutations } from './mutated-answers.ts'
import { upstreamMarker } from './mutated-fields.ts'
import { type RawAnswer, rawAnswers } from './raw-answers.ts'
import { type RawUpstream, type Replacing, serveRaw } from './raw-upstream.ts'

const askLimitMs = 60_000
const codes = [
  'upstream-error',
  'upstream-unreadable',
  'upstream-unreachable',
  'upstream-timeout',
  'upstream-refused',
  'unexpected-payload',
]

/**
 * Requests the key `count` times, each time with a malformed answer of Scaleway and then once more with a true one.
 */
export async function malformedRetrieval(count: number, seed: number): Promise<MalformedLife[]> {
  const luck = chance(seed)
  let next: RawAnswer | undefined
  let upstream: RawUpstream | undefined
  const replacing: Replacing = () => {
    const how = next
    return how && ((line, answer) => how.write(line, answer, luck))
  }
  const serving = async (cloud: FakeScaleway) => {
    upstream = await serveRaw(cloud, replacing)
    return upstream
  }
  const stage = await createRetrievalStage({ seed, speedUp: 40, serving })
  try {
    const { secretKey } = await stage.publish()
    const lives: MalformedLife[] = []
    for (let number = 0; number < count; number++) {
      const how = luck.happens(0.4) ? luck.one(rawAnswers) : mutated(luck)
      next = how
      const asked = await ask(stage)
      next = undefined
      const after = await ask(stage)
      const wrong = [...judgeAnswer(asked, how, secretKey), ...judgeRest(stage, upstream)]
      if (after.status === 504) wrong.push(...(await again(stage, secretKey)))
      else if (!after.body.includes(secretKey)) wrong.push(`after it, a true answer became ${after.status}`)
      stage.lines.length = 0
      lives.push({ life: `retrieval ${seed}/${number}: ${how.name}`, status: asked.status, wrong, history: [how.name] })
    }
    return lives
  } finally {
    await stage.close()
  }
}

/** On a busy machine a true answer may be late; one of the next must be in time. */
async function again(stage: RetrievalStage, secretKey: string): Promise<string[]> {
  for (let left = 20; left > 0; left--) if ((await ask(stage)).body.includes(secretKey)) return []
  return ['after it, no true answer was in time']
}

interface Asked {
  readonly status: number
  readonly body: string
  readonly text: string
}

async function ask({ handle, ids }: RetrievalStage): Promise<Asked> {
  const headers = { 'X-Auth-Token': ids.consumer.secretKey, 'Cache-Control': 'no-cache' }
  const answer = await within(askLimitMs, handle({ httpMethod: 'GET', path: '/', headers }))
  return { status: answer.statusCode, body: answer.body, text: JSON.stringify(answer) }
}

/** A payload that was changed in transit and is still well-formed: only the checksum shows it. */
const changedPayload: Mutation = {
  name: 'another payload',
  isUseless: true,
  mutate: ({ status, headers, body }, luck) => {
    const { data, ...rest } = JSON.parse(body)
    const payload = Buffer.from(data, 'base64').toString()
    const at = payload.length - luck.between(3, 30)
    const other = payload[at] === 'a' ? 'b' : 'a'
    const changed = `${payload.slice(0, at)}${other}${payload.slice(at + 1)}`
    const text = JSON.stringify({ ...rest, data: Buffer.from(changed).toString('base64') })
    return { status, headers, body: Buffer.from(text) }
  },
}

function mutated(luck: Chance): RawAnswer {
  const { name, mutate, isUseless } = luck.happens(0.05) ? changedPayload : luck.one(mutations)
  return {
    name,
    mayBeRead: !isUseless,
    write: (line, answer) => {
      const { status, headers, body } = mutate({ kind: 'answer', ...answer, body: answer.body.toString() }, luck)
      line.send(rendered({ status, headers: { ...headers, 'content-length': String(body.length) }, body }))
      line.end()
    },
  }
}

function rendered({ status, headers, body }: Mutated): Buffer {
  const lines = [`HTTP/1.1 ${status} Status`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n')), body])
}

/**
 * 502 and 504 with a documented code; 404 if Scaleway answered 404; the true key, which its checksum shows, and from
 * memory (`stale`) where the failure may be temporary.
 */
function judgeAnswer({ status, body, text }: Asked, how: RawAnswer, secretKey: string): string[] {
  const wrong: string[] = []
  const isKey = status === 200 && body.includes(secretKey)
  const isStale = isKey && text.includes('110 - ')
  const isClear = [502, 504].includes(status) && codes.some(code => body.includes(`"error":"${code}"`))
  const isMissing = status === 404 && how.name === 'status 404'
  if (!isKey && !isClear && !isMissing) wrong.push(`answered ${status}`)
  if (isKey && !isStale && how.mayBeRead !== true) wrong.push('a key from an unusable answer')
  if (text.includes(upstreamMarker)) wrong.push('text of the upstream answer is disclosed')
  if (text.length > 2_048) wrong.push('the answer is too long')
  return wrong
}

function judgeRest({ lines }: RetrievalStage, upstream: RawUpstream | undefined): string[] {
  const logged = lines.join('').includes(upstreamMarker) ? ['text of the upstream answer is in the log'] : []
  return upstream?.wasFollowed ? [...logged, 'a redirect was followed'] : logged
}
