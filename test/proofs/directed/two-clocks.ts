import { type Chance, chance } from '../harness/chance.ts'
import type { Life } from '../harness/life.ts'
import { createStage, type Stage } from '../harness/stage.ts'
import { twoKeys } from './begin.ts'

/** IAM's clock is ahead of Secret Manager's by less than a minute, and a person edits a description. */
export const twoClocks: Life = async seed => {
  const luck = chance(seed)
  const stage = createStage({ seed })
  const { cloud, ids, served, watch, clock } = stage
  await twoKeys(stage, { hours: luck.below(100) })
  cloud.secrets.describeVersion(ids.secretId, served()?.revision ?? 0, 'please do not touch')
  watch.edited()
  const instance = ahead(stage, luck)
  for (let run = 0; run < 10; run++) {
    clock.advance({ hours: 3 })
    await instance.post({ action: 'tend' })
    watch.look()
  }
  await stage.settle()
  return stage
}

function ahead({ instance, cloud }: Stage, luck: Chance) {
  const bySeconds = luck.between(5, 50)
  const later = (_: string, date: string) =>
    `"created_at":"${new Date(Date.parse(date) + bySeconds * 1000).toISOString()}"`
  return instance({
    fetch: async (request, options) => {
      const answer = await cloud.fetch(request, options)
      if (!request.url.includes('/api-keys') || answer.status !== 200) return answer
      const text = (await answer.text()).replaceAll(/"created_at":\s*"([^"]+)"/g, later)
      return new Response(text, { status: 200, headers: answer.headers })
    },
  })
}
