import type { PlatformResponse } from '../../../functions/shared/endpoint.ts'
import { cronToken } from '../../../scripts/local/identities.ts'
import type { Chance } from '../harness/chance.ts'
import { createRetrievalStage } from '../harness/retrieval-stage.ts'
import { isUsual, type Made, makeEvent } from './hostile-events-made.ts'
import { isPolluted, judgeAnswer, judgeRefusal, type Promised, quotes } from './hostile-judge.ts'
import { answerTo, type Judged } from './hostile-rotation.ts'

const promised: Promised = {
  codes: {
    200: [''],
    304: [''],
    403: ['monitor', 'unknown-caller', 'no-credential'],
    404: ['unknown-path', 'key-not-named', 'no-key-yet'],
    405: ['method-not-allowed'],
    500: ['internal-error'],
  },
  headers: ['Allow', 'ETag', 'X-Key-Name', 'X-Key-Revision'],
  maxBytes: 2 * 1024,
}

/** Sends `count` hostile events to a retrieval function, with or without a published key; checks every answer. */
export async function hostileRetrieval(luck: Chance, count: number): Promise<Judged[]> {
  const stage = await createRetrievalStage({ seed: luck.between(1, 1_000_000) })
  const { cloud, clock, ids, lines, handle } = stage
  try {
    const key = luck.happens(0.9) ? await stage.publish() : undefined
    const tokens = {
      operator: ids.operator.secretKey,
      consumer: ids.consumer.secretKey,
      monitor: ids.monitor.secretKey,
      cron: cronToken(ids),
    }
    const judged: Judged[] = []
    for (let left = count; left > 0; left--) {
      if (luck.happens(0.05)) clock.advance({ seconds: 61 })
      const made = makeEvent(luck, tokens, ['GET', 'GET', 'get', 'HEAD', 'POST'])
      lines.length = 0
      cloud.log.clear()
      const { answer, thrown } = await answerTo(handle, made.event)
      const wrong = answer === undefined ? [`it threw: ${thrown}`] : judgeAnswer(answer, made, promised)
      if (cloud.log.entries.some(({ operation }) => operation !== 'secrets.accessVersion'))
        wrong.push('a call that retrieval may not make')
      const logged = lines.join('')
      const calls = cloud.log.entries.length
      wrong.push(...judgeRefusal({ answer, calls, logged }, made.claim, made.isPlain))
      if (quotes(logged)) wrong.push('a value of the event is in the log')
      if (isPolluted()) wrong.push('what every object inherits has changed')
      for (const secret of [...Object.values(tokens), ids.reader.secretKey]) {
        if (`${logged}${JSON.stringify(answer)}`.includes(secret)) wrong.push('a credential is disclosed')
      }
      if (key !== undefined && logged.includes(key.secretKey)) wrong.push('the key is in the log')
      if (key !== undefined && gives(answer, key.secretKey)) wrong.push(...judgeKeyAnswer(made))
      judged.push({ status: answer?.statusCode ?? 0, wrong, label: made.label })
    }
    return judged
  } finally {
    await stage.close()
  }
}

function gives(answer: PlatformResponse | undefined, secretKey: string): boolean {
  return answer !== undefined && JSON.stringify(answer).includes(secretKey)
}

/** The key is given only to a GET of `/` or its name by a consumer or an operator. */
function judgeKeyAnswer({ method, path, claim }: Made): string[] {
  const wrong: string[] = []
  if (method?.toUpperCase() !== 'GET') wrong.push('the key is given to another method')
  if (!isUsual(path)) wrong.push('the key is given at another path')
  if (claim !== 'consumer' && claim !== 'operator') wrong.push(`the key is given to a caller that is ${claim}`)
  return wrong
}
