import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Picture } from '../../scripts/page/picture.ts'
import { type ServedPage, servePage } from '../../scripts/page/server.ts'
import type { PageSource } from '../../scripts/page/source.ts'

const picture: Picture = {
  mode: 'local',
  startedAt: 0,
  now: 0,
  clock: { speed: 'real', jump: null },
  health: { state: 'healthy', problems: [], nextRotation: null },
  counters: { refused: 0, renewed: 0, calls: 0, rotations: 0, keysAlive: 0 },
  lanes: [{ name: 'default', bars: [], ghosts: [], calls: [] }],
  crons: [],
  flags: [],
  happenings: [],
  buttons: [],
  table: '',
}

/** What was done, in words. */
let done: string[] = []
const source: PageSource & { picture: Picture } = {
  picture,
  onChange: () => undefined,
  watched: is => void done.push(is ? 'watched' : 'left'),
  set: command => void done.push(`clock ${command}`),
  press: async (id, key) => {
    done.push(`press ${id} ${key ?? 'the first'}`)
    return id === 'kill' ? 'The secret is deleted: restore it first.' : undefined
  },
}

let served: ServedPage
let origin: string
let own: Record<string, string>

beforeAll(async () => {
  served = await servePage(source)
  origin = new URL(served.url).origin
  own = { 'X-Page-Token': new URL(served.url).hash.slice(1) }
})
afterAll(() => served.close())
beforeEach(() => {
  done = []
})

describe('what may be done', () => {
  test('with the token: the clock is set, a button pressed for a key, or refused with why', async () => {
    expect(await ask('POST', '/clock/day-a-second', own)).toMatchObject({ status: 204, text: '' })
    expect(await ask('POST', '/press/rotate?key=mailer', own)).toMatchObject({ status: 204, text: '' })
    expect(await ask('POST', '/press/kill', { ...own, Origin: origin, 'Sec-Fetch-Site': 'same-origin' })).toMatchObject(
      {
        status: 409,
        text: 'The secret is deleted: restore it first.\n',
      },
    )
    expect(done).toEqual(['clock day-a-second', 'press rotate mailer', 'press kill the first'])
  })

  test.each([
    ['without a token', 401, {}],
    ['with another token', 401, { 'X-Page-Token': 'A'.repeat(32) }],
    ['with an empty token', 401, { 'X-Page-Token': '' }],
    ['from a page of another port', 403, { Origin: 'http://127.0.0.1:1' }],
    ['from a page of another name', 403, { Origin: 'http://localhost' }],
    ['from a page that hides its origin', 403, { Origin: 'null' }],
    ['from another site', 403, { 'Sec-Fetch-Site': 'cross-site' }],
    ['from another port of this machine', 403, { 'Sec-Fetch-Site': 'same-site' }],
    ['by an address that was typed', 403, { 'Sec-Fetch-Site': 'none' }],
    ['to another name', 421, { Host: 'localhost' }],
    ['to a name that was made to point here', 421, { Host: 'evil.example' }],
  ])('%s nothing is pressed, set or shown: %i', async (_, status, headers) => {
    for (const [method, path] of [
      ['POST', '/press/rotate'],
      ['POST', '/clock/year'],
      ['GET', '/stream'],
    ] as const) {
      const token = 'X-Page-Token' in headers || status === 401 ? {} : own
      const answer = await ask(method, path, { ...token, ...headers })
      expect(answer).toMatchObject({ status })
      expect(answer.text).not.toContain('healthy')
    }
    expect(done).toEqual([])
  })

  test.each([
    ['GET', '/press/rotate', 405],
    ['HEAD', '/clock/year', 405],
    ['POST', '/stream', 405],
    ['POST', '/', 405],
    ['POST', '/press/format', 404],
    ['POST', '/press/constructor', 404],
    ['POST', '/clock/slower', 404],
    ['POST', '/press', 404],
    ['GET', '/constructor', 404],
    ['GET', '/../package.json', 404],
    ['GET', '/docs/deploy.md', 404],
  ])('%s %s is answered %i', async (method, path, status) => {
    expect(await ask(method, path, own)).toMatchObject({ status })
    expect(done).toEqual([])
  })

  test('nothing at all where the page is there to be looked at', async () => {
    const shown = await servePage({
      picture: { ...picture, mode: 'deployment', clock: null },
      onChange: () => undefined,
    })
    const headers = { 'X-Page-Token': new URL(shown.url).hash.slice(1) }
    const at = new URL(shown.url).origin
    expect((await ask('POST', '/press/rotate', headers, at)).status).toBe(405)
    expect((await ask('POST', '/clock/paused', headers, at)).status).toBe(405)
    await shown.close()
  })
})

describe('every answer', () => {
  test.each(['/', '/page.js', '/style.css', '/docs/how-it-works.md', '/nothing'])(
    'at %s has the policy',
    async path => {
      const { headers } = await ask('GET', path)
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers).not.toHaveProperty('access-control-allow-origin')
    },
  )

  test('says nothing of the token, not even the page itself', async () => {
    const texts = await Promise.all(['/', '/page.js', '/style.css'].map(async path => (await ask('GET', path)).text))
    expect(texts.every(text => text.length > 300)).toBe(true)
    expect(texts.filter(text => text.includes(own['X-Page-Token'] ?? ''))).toEqual([])
  })

  test('to a link in another page is the page, but its script and style are for itself alone', async () => {
    const link = { 'Sec-Fetch-Site': 'cross-site' }
    expect((await ask('GET', '/', link)).status).toBe(200)
    expect((await ask('GET', '/page.js', link)).status).toBe(403)
  })

  test('that explains codes has an anchor at each, once', async () => {
    const { text } = await ask('GET', '/docs/how-it-works.md')
    expect(text.match(/<a id="superseded"><\/a>/g)).toHaveLength(1)
    expect(text).not.toMatch(/<(?!\/?(a|pre|html|head|meta|title|link|!doctype)\b)/)
  })
})

test('the stream gives the whole picture, then what changes, and says when somebody looks', async () => {
  const lines = await openStream()
  expect(await lines.next()).toEqual({ picture })
  expect(done).toEqual(['watched'])
  source.picture = { ...picture, now: 5 }
  source.onChange()
  source.picture = { ...source.picture, table: 'healthy' }
  source.onChange()
  expect(await lines.next()).toEqual({ change: { fields: { now: 5, table: 'healthy' } } })
  const later = await openStream()
  expect(await later.next()).toEqual({ picture: source.picture })
  source.picture = { ...source.picture, lanes: [] }
  source.onChange()
  expect(await lines.next()).toEqual({ picture: source.picture })
  source.picture = picture
})

/** Asks as no browser can: with any Host, and a path that is not tidied. */
async function ask(method: string, path: string, headers: Record<string, string> = {}, at = origin) {
  const { hostname, port } = new URL(at)
  const asked = request({ hostname, port, method, path, headers }).end()
  const [response] = await once(asked, 'response')
  const text = Buffer.concat(await response.toArray()).toString()
  return { status: Number(response.statusCode), text, headers: response.headers as IncomingHttpHeaders }
}

async function openStream() {
  const response = await fetch(`${origin}/stream`, { headers: own })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  return {
    async next(): Promise<unknown> {
      while (!rest.includes('\n')) rest += (await reader?.read())?.value ?? ''
      const line = rest.slice(0, rest.indexOf('\n'))
      rest = rest.slice(line.length + 1)
      return JSON.parse(line)
    },
  }
}
