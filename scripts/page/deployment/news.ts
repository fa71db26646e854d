import type { Happening, Picture, Problem } from '../picture.ts'

/** Something that happened, before it has its number. */
type News = Omit<Happening, 'id' | 'at' | 'link' | 'count'>

/**
 * Says what is different between two looks at a deployment, each a picture: what a status cannot tell, because it has no
 * memory. Pure.
 */
export function newsBetween(before: Picture | undefined, after: Picture): News[] {
  const { state, problems } = after.health
  const isHealthy = state === 'healthy'
  if (before === undefined) {
    return [news(isHealthy ? 'The first look: healthy.' : 'The first look: not healthy.', isHealthy ? 'good' : 'bad')]
  }
  // No answer is no news of the problems that there were.
  if (state === 'unknown') return before.health.state === 'unknown' ? [] : [news('The status cannot be read.', 'bad')]
  const known = new Set(before.health.problems.map(identity))
  const left = new Set(problems.map(identity))
  return [
    ...after.lanes.flatMap(lane => keyNews(before.lanes.find(({ name }) => name === lane.name)?.bars ?? [], lane)),
    ...before.health.problems
      .filter(problem => !left.has(identity(problem)))
      .map(({ code, lane }) => ({ ...news('This is over:', 'plain', lane), code })),
    ...problems
      .filter(problem => !known.has(identity(problem)))
      .map(({ text, code, alarming, lane }) => ({ ...news(text, alarming ? 'bad' : 'plain', lane), code })),
    ...(isHealthy && before.health.state !== 'healthy' ? [news('Healthy again.', 'good')] : []),
  ]
}

function keyNews(before: Picture['lanes'][number]['bars'], { name, bars }: Picture['lanes'][number]): News[] {
  const come = bars.filter(bar => !before.some(({ accessKey }) => accessKey === bar.accessKey))
  const gone = before.filter(bar => !bars.some(({ accessKey }) => accessKey === bar.accessKey))
  return [
    ...come.map(({ accessKey, revision }) =>
      revision === null
        ? news(`Key ${short(accessKey)} made, not published.`, 'plain', name)
        : news(`Key ${short(accessKey)} published as revision ${revision}.`, 'good', name),
    ),
    ...gone.map(({ accessKey }) => news(`Key ${short(accessKey)} is off the record.`, 'plain', name)),
  ]
}

function news(text: string, tone: News['tone'], lane: string | null = null): News {
  return { text, code: null, tone, lane }
}

function short(accessKey: string): string {
  return `…${accessKey.slice(-4)}`
}

function identity({ code, lane }: Problem): string {
  return `${code} ${lane}`
}
