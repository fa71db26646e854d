import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { counter, hasChromium, stage } from './stage.ts'

describe.runIf(hasChromium)('a page of another origin', () => {
  const { open, world, browser } = stage()
  const stranger = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<h1>Hello</h1>'))
  let strangerUrl = ''

  beforeAll(async () => {
    if (!hasChromium) return
    await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`
  })
  afterAll(() => void stranger.close())

  test.each([
    { way: 'a request with the right token', code: 'fetch(url, { method: "POST", headers: { [header]: token } })' },
    { way: 'a request that asks nobody', code: 'fetch(url, { method: "POST", mode: "no-cors" })' },
    { way: 'a form', code: 'Promise.resolve(Object.assign(form, { action: url, target: "frame" }).submit())' },
  ])('presses nothing, nor sets the clock, with $way', async ({ code }) => {
    const ours = await open()
    const [token, base] = [new URL(world().page_url).hash.slice(1), new URL('/', world().page_url).href]
    const before = await seen(ours)
    const page = await (await browser().newContext()).newPage()
    await page.goto(strangerUrl)
    for (const path of ['press/rotate', 'press/delete-key', 'clock/month']) {
      await page.evaluate(
        async ({ url, token, code }) => {
          const frame = Object.assign(document.createElement('iframe'), { name: 'frame' })
          const form = Object.assign(document.createElement('form'), { method: 'post' })
          document.body.append(frame, form)
          const run = new Function('url', 'token', 'header', 'form', `return ${code}`)
          await run(url, token, 'X-Page-Token', form).catch(() => undefined)
        },
        { url: `${base}${path}`, token, code },
      )
    }
    await page.waitForTimeout(1_000)
    expect(await seen(ours)).toEqual(before)
  })

  test('reads no picture, and may not show ours in a frame', async () => {
    const [token, base] = [new URL(world().page_url).hash.slice(1), new URL('/', world().page_url).href]
    const page = await (await browser().newContext()).newPage()
    await page.goto(strangerUrl)
    const read = await page.evaluate(
      ({ base, token }) =>
        fetch(`${base}stream`, { headers: { 'X-Page-Token': token } }).then(
          response => response.status,
          () => 'nothing',
        ),
      { base, token },
    )
    expect(read).toBe('nothing')
    await page.evaluate(url => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: url }))
    }, world().page_url)
    await page.waitForTimeout(1_000)
    const frames = page.frames().filter(frame => frame !== page.mainFrame())
    expect(
      await Promise.all(
        frames.map(frame =>
          frame
            .locator('svg')
            .count()
            .catch(() => 0),
        ),
      ),
    ).toEqual([0])
  })
})

/** What a press or the clock would change. */
async function seen(page: Awaited<ReturnType<ReturnType<typeof stage>['open']>>) {
  return {
    rotations: await counter(page, 'rotations'),
    alive: await counter(page, 'keys alive'),
    flags: await page.locator('.flag').count(),
    day: (await page.locator('h1').innerText()).slice(0, 6),
  }
}
