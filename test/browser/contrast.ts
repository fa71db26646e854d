import type { Page } from 'playwright-core'

/** A text of the page that is hard to read. */
interface Faint {
  readonly text: string
  readonly ratio: number
}

/** Gives the texts whose contrast with what is behind them is less than 4.5 (WCAG 2.2, 1.4.3), by their computed colours. */
export async function faintTexts(page: Page): Promise<{ faint: Faint[]; looked: number }> {
  return page.evaluate(least => {
    const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = channels(colour).map(value => {
        const part = value / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const isClear = (colour: string) => channels(colour)[3] === 0
    const behind = (element: Element | null): string => {
      if (element === null) return getComputedStyle(document.documentElement).backgroundColor
      // A number stands on the bar of its key, which begins with the time when it was served, or made.
      const bar = element.matches('.number') ? element.parentElement?.querySelector('.phase') : null
      if (bar) return getComputedStyle(bar).fill
      const { backgroundColor } = getComputedStyle(element)
      return isClear(backgroundColor) ? behind(element.parentElement) : backgroundColor
    }
    const texts = [...document.body.querySelectorAll('*')].filter(element => {
      const hasText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
      return hasText && !element.matches('title, noscript, option') && element.getClientRects().length > 0
    })
    const faint = texts.flatMap(element => {
      const style = getComputedStyle(element)
      const [one, other] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(behind(element))]
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      return ratio < least ? [{ text: element.textContent?.trim().slice(0, 40) ?? '', ratio }] : []
    })
    return { faint, looked: texts.length }
  }, 4.5)
}
