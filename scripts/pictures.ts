import { mkdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { findChromium, howToGetChromium, launchChromium } from '../test/browser/chromium.ts'
import { jump } from '../test/browser/jump.ts'
import type { Starting } from './local/command.ts'
import { serveWorld } from './page/local-page.ts'
import { startWorld } from './page/world/start.ts'

const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url))
// The same pictures at each run, as far as a browser draws alike.
const beginsAt = { startAt: new Date('2026-01-30T08:00:00Z'), seed: 1 }
// GitHub shows them on screens of all kinds.
const scale = 1.5
const mostKilobytes = 150
const margin = 8
// The one that is killed first: later there are too many keys to make another.
const day = [
  ['kill', 3],
  ['rotate', 1],
  ['rollback', 2],
  ['lose-answer', 2],
  ['delete-key', 2],
  ['revoke', 1],
] as const

const ends: (() => Promise<void> | void)[] = []
try {
  const path = findChromium(process.env)
  if (path === undefined) throw new Error(`The pictures need a browser: ${howToGetChromium}.`)
  await mkdir(folder, { recursive: true })
  await draw(path)
} finally {
  for (const end of ends) await end()
}

async function draw(path: string): Promise<void> {
  const starting: Starting = {
    port: undefined,
    keys: ['default'],
    log: () => undefined,
    atEnd: end => ends.unshift(end),
  }
  const { url } = await serveWorld(await startWorld({ starting, ...beginsAt }), starting)
  const browser = await launchChromium(path)
  ends.unshift(() => browser.close())
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    deviceScaleFactor: scale,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForSelector('main svg')
  await jump(page, 'a month on')
  await jump(page, 'a month on')
  await zoom(page, '3 months')
  await take(page, 'overlap', page.locator('section.time'))
  for (let months = 2; months < 12; months += 1) await jump(page, 'a month on')
  await zoom(page, '1 year')
  await take(page, 'year')
  for (const [button, ticks] of day) {
    await page.locator(`#${button}[aria-disabled=false]`).click()
    await page.locator(`#${button} ~ .happened:not(:empty)`).waitFor()
    await page.locator('.buttons [aria-disabled=false]').first().waitFor()
    for (let tick = 0; tick < ticks; tick += 1) await jump(page, 'the next CRON')
  }
  await zoom(page, '1 day')
  await take(page, 'mischief')
}

async function zoom(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: label, exact: true }).click()
}

/** Takes the page from its top, or from that of a part, down to the end of the time line, in light and in dark. */
async function take(page: Page, name: string, from?: Locator): Promise<void> {
  await page.locator('details').evaluate(details => details.toggleAttribute('hidden', true))
  // Twice what a drawing with less motion waits for.
  await page.waitForTimeout(2_000)
  const top = Math.max(((await from?.boundingBox())?.y ?? 0) - margin, 0)
  const card = await page.locator('section.time').boundingBox()
  const height = (card?.y ?? 0) + (card?.height ?? 0) + margin - top
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const path = `${folder}/${name}-${colorScheme}.png`
    await page.screenshot({ path, clip: { x: 0, y: top, width: 1280, height } })
    const kilobytes = Math.round((await stat(path)).size / 1_000)
    console.log(`${path} ${kilobytes} kB`)
    if (kilobytes > mostKilobytes) throw new Error(`${name} is larger than ${mostKilobytes} kB.`)
  }
}
