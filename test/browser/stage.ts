import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { type RunningCommand, run, scriptCommand } from '../support/command.ts'
import { launchChromium } from './chromium.ts'

/** True where the machine has a browser: `describe.runIf`. */
export const hasChromium = inject('chromiumPath') !== ''

/** The two sizes that the page is made for. */
export const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

const form = v.object({
  page_url: v.string(),
  rotation_url: v.string(),
  retrieval_url: v.string(),
  monitor_secret_key: v.string(),
  scaleway_url: v.string(),
  secret_key: v.string(),
  application_id: v.string(),
  consumer_secret_key: v.string(),
})

/** What `npm start` printed of its world. */
export type World = v.InferOutput<typeof form>

/** A browser for the tests of a file, and the world that it looks at. */
export interface Stage {
  world(): World
  /** Opens the page, or another address, in a tab of its own, which has a picture then. Whatever it complains of fails the test at its end. */
  open(options?: BrowserContextOptions, url?: string): Promise<Page>
  browser(): Browser
}

/** Starts a browser and `npm start` for the tests of this file. */
export function stage(...args: string[]): Stage {
  const started: { browser?: Browser; command?: RunningCommand; world?: World } = {}
  const complaints: string[] = []
  beforeAll(async () => {
    if (!hasChromium) return
    started.command = run(scriptCommand('start', '--json', ...args))
    started.browser = await launchChromium(inject('chromiumPath'))
    await started.command.prints('\n')
    started.world = v.parse(form, JSON.parse(started.command.stdout()))
  })
  afterAll(async () => {
    await started.browser?.close()
    await started.command?.end()
    expect(complaints).toEqual([])
  })
  return {
    world: () => given(started.world),
    browser: () => given(started.browser),
    open: (options = {}, url = given(started.world).page_url) =>
      openPage(given(started.browser), { url, options, complaints }),
  }
}

/** Opens an address of the page and waits until its status is known. Errors of its console are complaints. */
async function openPage(
  browser: Browser,
  { url, options, complaints }: { url: string; options: BrowserContextOptions; complaints: string[] },
): Promise<Page> {
  const context = await browser.newContext({ viewport: sizes.wide, ...options })
  const page = await context.newPage()
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(url)
  await page.waitForSelector('.health:not(.unknown)')
  return page
}

/** Reads a figure at the top: `refused`, `rotations`. */
export async function counter(page: Page, name: string): Promise<number> {
  const text = await page
    .locator('dl div', { has: page.locator(`dt:text-is("${name}")`) })
    .locator('dd')
    .innerText()
  return Number(text.replaceAll(',', ''))
}

/** Presses a button and gives what the page says came of it, once nothing is at work any more. */
export async function press(page: Page, id: string): Promise<string> {
  const happened = page.locator(`button#${id} ~ .happened`)
  const before = await happened.innerText()
  await page.locator(`button#${id}`).click()
  await untilTold(page, { id, before })
  return happened.innerText()
}

/** Waits until something else is written under a button than before, and nothing is at work any more. */
export async function untilTold(page: Page, told: { id: string; before: string }): Promise<void> {
  await page.waitForFunction(({ id, before }) => {
    const happened = document.querySelector<HTMLElement>(`button#${id} ~ .happened`)?.innerText
    return happened !== before && document.querySelector('h2 [role=status]')?.textContent === ''
  }, told)
}

function given<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new Error('It has not been started.')
  return thing
}
