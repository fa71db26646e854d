import { beforeAll, describe, expect, test } from 'vitest'
import { faintTexts } from './contrast.ts'
import { jump } from './jump.ts'
import { hasChromium, press, sizes, stage, untilTold } from './stage.ts'

describe.runIf(hasChromium)('the page', () => {
  const { open, world, browser } = stage()

  beforeAll(async () => {
    if (!hasChromium) return
    const page = await open()
    // The first is as near as a minute, and a key is not rotated within ten.
    await jump(page, 'the next CRON')
    await jump(page, 'the next CRON')
    await press(page, 'rotate')
    await press(page, 'rollback')
    await page.context().close()
  })

  test('takes its token out of the address, and keeps it for a reload of the tab', async () => {
    const page = await open()
    expect(world().page_url).toMatch(/#.{20,}$/)
    expect(page.url()).not.toContain('#')
    await page.reload()
    await page.waitForSelector('.health:not(.unknown)')
    expect(await page.content()).not.toContain(new URL(world().page_url).hash.slice(1))
  })

  test('without a token says what to open, and shows nothing', async () => {
    const page = await browser().newPage()
    await page.goto(new URL('/', world().page_url).href)
    await page.getByRole('alert').getByText('open the whole address').waitFor()
    expect(await page.locator('main').count()).toBe(0)
  })

  describe.each(['light', 'dark'] as const)('in %s', colorScheme => {
    test.each(['wide', 'phone'] as const)('of a %s screen has no text that is hard to read', async size => {
      const page = await open({ colorScheme, viewport: sizes[size] })
      await page.locator('summary').click()
      for (const zoom of ['1 day', '1 year']) {
        await page.getByRole('button', { name: zoom, exact: true }).click()
        const { faint, looked } = await faintTexts(page)
        expect(looked).toBeGreaterThan(60)
        expect(faint).toEqual([])
      }
    })
  })

  test.each(['wide', 'phone'] as const)('of a %s screen never scrolls sideways', async size => {
    const page = await open({ viewport: sizes[size] })
    await page.locator('summary').click()
    for (const zoom of ['1 day', '2 weeks', '3 months', '1 year']) {
      await page.getByRole('button', { name: zoom, exact: true }).click()
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(wide).toBe(0)
    }
  })

  test('of a phone keeps date, refused and the clock in sight while it is scrolled', async () => {
    const page = await open({ viewport: sizes.phone })
    await page.mouse.wheel(0, 5_000)
    await page.waitForFunction(() => scrollY > 500)
    for (const part of [page.locator('h1'), page.locator('dl.refused'), page.getByRole('button', { name: 'Pause' })]) {
      const box = await part.boundingBox()
      expect(box?.y).toBeGreaterThanOrEqual(0)
      expect(box?.y).toBeLessThan(90)
    }
  })

  test('is worked by the keyboard alone: the clock, the zoom, a button, the text', async () => {
    const page = await open()
    const reached: string[] = []
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab')
      const name = await focused()
      if (reached.includes(name)) continue
      reached.push(name)
      if (name === '2 weeks' || name === 'The same as text') await page.keyboard.press('Enter')
      if (name === 'Rotate') break
    }
    expect(reached).toEqual(expect.arrayContaining(['Pause', '×1', '1 day/s', 'the next CRON', '1 year', 'Rotate']))
    expect(await page.getByRole('button', { name: '2 weeks' }).getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('#table').innerText()).toMatch(/access key +revision +status/)
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    expect(outline).toBe('solid')
    const before = await page.locator('#rotate ~ .happened').innerText()
    await page.keyboard.press('Space')
    await untilTold(page, { id: 'rotate', before })
  })

  test('says in words what its time line draws', async () => {
    const page = await open()
    const drawing = page.locator('main svg[role=img]')
    const describedBy = await drawing.getAttribute('aria-describedby')
    expect(await page.locator('title#picture-title').textContent()).toContain('The rotations of a key')
    expect(await page.locator(`#${describedBy}`).textContent()).toMatch(/^(healthy|NOT HEALTHY)/)
  })

  test('draws once a second for who wants less motion, and moves nothing by itself', async () => {
    const page = await open({ reducedMotion: 'reduce' })
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter(element => {
        const { transitionDuration, animationName } = getComputedStyle(element)
        return transitionDuration !== '0s' || animationName !== 'none'
      }),
    )
    expect(moving).toEqual([])
    await page.getByRole('button', { name: '1 day/s' }).click()
    const drawn = await page.evaluate(async () => {
      let count = 0
      const heading = document.querySelector('h1')
      if (heading === null) return Number.NaN
      const observer = new MutationObserver(() => {
        count += 1
      })
      observer.observe(heading, { subtree: true, childList: true, characterData: true })
      await new Promise(resolve => setTimeout(resolve, 3_000))
      return count
    })
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(drawn).toBeGreaterThan(0)
    expect(drawn).toBeLessThanOrEqual(4)
  })
})
