import { describe, expect, test } from 'vitest'
import { jump } from './jump.ts'
import { counter, hasChromium, stage } from './stage.ts'

describe.runIf(hasChromium)('a year', () => {
  const { open } = stage()

  test('goes by with a rotation a month and not one refused call', async () => {
    const page = await open()
    const began = new Date(await shownDate(page))
    const startMs = performance.now()
    await jump(page, 'a year on')
    const tookMs = performance.now() - startMs
    process.stdout.write(`A year took ${Math.round(tookMs / 1_000)} s\n`)
    const ended = new Date(await shownDate(page))
    expect(Math.round((ended.getTime() - began.getTime()) / 86_400_000)).toBe(365)
    expect(await counter(page, 'refused')).toBe(0)
    // The first key, and one at each firing of the CRON.
    expect(await counter(page, 'rotations')).toBe(1 + monthsBetween(began, ended))
    expect(await counter(page, 'calls')).toBeGreaterThan(8_500)
    expect(await page.locator('.health b').innerText()).toBe('healthy')
    expect(await page.locator('path.dot.refused').count()).toBe(0)
    expect(await page.locator('svg g:has(> title)').count()).toBe(1 + monthsBetween(began, ended))
    expect(await page.locator('main svg *').count()).toBeLessThan(600)
  })
})

async function shownDate(page: Awaited<ReturnType<ReturnType<typeof stage>['open']>>): Promise<string> {
  return `${(await page.locator('h1').innerText()).replace(/\s+/g, ' ')}`
}

/** How often it was two o'clock on the first of a month between two moments. */
function monthsBetween(from: Date, to: Date): number {
  const firings = Array.from({ length: 14 }, (_, index) =>
    Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + index, 1, 2),
  )
  return firings.filter(ms => ms > from.getTime() && ms <= to.getTime()).length
}
