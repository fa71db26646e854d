import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningCommand, run, scriptCommand } from '../support/command.ts'
import { hasChromium, press, sizes, stage } from './stage.ts'

describe.runIf(hasChromium)('the page of npm run status', () => {
  let status: RunningCommand | undefined
  // Registered before the browser is: hooks run backwards, and an open tab would complain.
  afterAll(() => status?.end())
  const { open, world } = stage()
  let url = ''

  beforeAll(async () => {
    if (!hasChromium) return
    const local = await open()
    await press(local, 'rotate')
    const { rotation_url, monitor_secret_key: TOKEN } = world()
    status = run(scriptCommand('status', '--page', '--url', rotation_url), { TOKEN })
    await status.prints('#')
    url = /http:\S+#\S+/.exec(status.stdout())?.[0] ?? ''
  })

  test.each(['wide', 'phone'] as const)(
    'shows the keys of a deployment on a %s screen, and nothing to press',
    async size => {
      const page = await open({ viewport: sizes[size] }, url)
      expect(await page.locator('.is-served').textContent()).toMatch(size === 'wide' ? /^rev \d+…\w{4}$/ : /^r\d+$/)
      expect(await page.locator('.bar button, .jump, .buttons').count()).toBe(0)
      expect(await page.locator('#table').textContent()).toMatch(/^healthy\n/)
      expect(await page.getByText('What the status says').count()).toBe(1)
    },
  )
})
