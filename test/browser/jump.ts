import type { Page } from 'playwright-core'

// On a quiet machine a year takes less than a minute; what is tested here must not depend on it.
const longestJumpMs = 900_000

/** Has the clock jump, and waits until it stands again: a jump ends paused. */
export async function jump(page: Page, label: string): Promise<void> {
  const before = await page.locator('h1').innerText()
  await page.getByRole('button', { name: label }).click()
  const hasArrived = (was: string) => {
    const isPaused = document.querySelector('.bar button')?.getAttribute('aria-pressed') === 'true'
    return isPaused && document.querySelector('h1')?.innerText !== was
  }
  await page.waitForFunction(hasArrived, before, { timeout: longestJumpMs })
}
