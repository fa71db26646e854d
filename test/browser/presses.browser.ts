import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { bothHeaders, credentialIn } from '../../scripts/deployment/caller-headers.ts'
import { jump } from './jump.ts'
import { counter, hasChromium, press, stage } from './stage.ts'

const mostTicks = 4

describe.runIf(hasChromium)('what the page says of a press came true', () => {
  const { open, world } = stage()
  let page: Page

  beforeAll(async () => {
    if (!hasChromium) return
    page = await open()
    // The first is as near as a minute, and a key is not rotated within ten.
    await jump(page, 'the next CRON')
    await jump(page, 'the next CRON')
  })

  test('rotate publishes a new key, which retrieval gives, and the one before works on', async () => {
    const before = await keysInIam()
    const revision = published(await press(page, 'rotate'))
    const fetched = await fetchKey()
    expect(fetched.revision).toBe(revision)
    expect(await keysInIam()).toEqual(expect.arrayContaining([...before, fetched.accessKey]))
    expect(await page.locator('.is-served').textContent()).toBe(`rev ${revision}…${fetched.accessKey.slice(-4)}`)
    await agree()
  })

  test('a rollback serves the key before', async () => {
    const { revision } = await fetchKey()
    expect(await press(page, 'rollback')).toMatch(`200: revision ${revision - 1} is served again.`)
    expect((await fetchKey()).revision).toBe(revision - 1)
    expect(await page.locator('.phase.rolled-back').count()).toBe(1)
    await agree()
  })

  test('a revocation leaves one key, the new one, and says after how long', async () => {
    expect(await press(page, 'revoke')).toMatch(/200 after \d+ s: done, revision \d+ is served/)
    expect(await keysInIam()).toEqual([(await fetchKey()).accessKey])
    await agree()
  })

  test('a publication whose answer was lost stays', async () => {
    await jump(page, 'the next CRON')
    const happened = await press(page, 'lose-answer')
    const revision = Number(/It is there as revision (\d+)/.exec(happened)?.[1])
    expect((await fetchKey()).revision).toBe(revision)
    expect(await untilWell('lose-answer')).toContain('refused calls meanwhile: 0')
    expect((await fetchKey()).revision).toBe(revision)
    await agree()
  })

  test('a function that was killed leaves a key that nobody has, and a tick deletes it', async () => {
    await jump(page, 'the next CRON')
    const before = await keysInIam()
    expect(await press(page, 'kill')).toContain('Killed after the key was made')
    const [left, ...others] = (await keysInIam()).filter(key => !before.includes(key))
    expect([left === undefined, others]).toEqual([false, []])
    expect(await page.locator('text.row', { hasText: /^new…/ }).textContent()).toBe(`new…${left?.slice(-4)}`)
    expect(await untilWell('kill')).toContain('refused calls meanwhile: 0')
    expect(await keysInIam()).not.toContain(left)
    await agree()
  })

  test('ten minutes without Scaleway refuse no call of the application', async () => {
    const refused = await counter(page, 'refused')
    expect(await press(page, 'away')).toMatch(/goes away at|Away until/)
    expect(await untilWell('away')).toContain('refused calls meanwhile: 0')
    expect(await counter(page, 'refused')).toBe(refused)
    await agree()
  })

  test('a key that was deleted by hand is replaced by a tick within the hour', async () => {
    const { accessKey } = await fetchKey()
    expect(await press(page, 'delete-key')).toContain(`…${accessKey.slice(-4)} was deleted`)
    expect(await keysInIam()).not.toContain(accessKey)
    expect(await untilWell('delete-key')).toMatch(/All is well/)
    expect(await keysInIam()).toContain((await fetchKey()).accessKey)
    expect(await page.locator('.end.by-hand').count()).toBe(1)
    await agree()
  })

  test('a secret that was deleted stops everything but the application, and works again once it is restored', async () => {
    const { revision } = await fetchKey()
    expect(await press(page, 'delete-secret')).toContain('can be restored for 7 days')
    const button = page.locator('button#delete-secret')
    expect(await button.innerText()).toBe('Restore the secret')
    expect(await page.locator('.health b').innerText()).toContain('secret-deleted')
    expect(await page.locator('button#kill').getAttribute('aria-disabled')).toBe('true')
    await press(page, 'delete-secret')
    expect(await untilWell('delete-secret')).toContain('All is well')
    expect(await button.innerText()).toBe('Delete the secret')
    expect((await fetchKey()).revision).toBe(revision)
    expect(await page.locator('.health b').innerText()).toBe('healthy')
    await agree()
  })

  /** The page counts the keys that IAM has, and it shows how each has ended. */
  async function agree(): Promise<void> {
    expect(await counter(page, 'keys alive')).toBe((await keysInIam()).length)
  }

  /** Lets tick after tick come until what is written under the button ends well. */
  async function untilWell(id: string): Promise<string> {
    const happened = page.locator(`button#${id} ~ .happened`)
    for (let ticks = 0; ticks < mostTicks; ticks += 1) {
      if ((await happened.innerText()).includes('All is well')) break
      await jump(page, 'the next CRON')
    }
    return happened.innerText()
  }

  /** What the application would get now: without what retrieval remembers. */
  async function fetchKey(): Promise<{ accessKey: string; revision: number }> {
    const headers = { ...credentialIn(bothHeaders, world().consumer_secret_key), 'Cache-Control': 'no-cache' }
    const response = await fetch(world().retrieval_url, { headers })
    expect(response.status).toBe(200)
    const { API_KEY: accessKey } = await response.json()
    return { accessKey, revision: Number(response.headers.get('X-Key-Revision')) }
  }

  /** The keys of the rotated application, as its organization's owner sees them. */
  async function keysInIam(): Promise<string[]> {
    const { scaleway_url: scaleway, secret_key: owner, application_id: application } = world()
    const url = `${scaleway}/iam/v1alpha1/api-keys?bearer_id=${application}&page_size=100`
    const response = await fetch(url, { headers: { 'X-Auth-Token': owner } })
    const { api_keys: keys } = await response.json()
    return keys.map(({ access_key }: { access_key: string }) => access_key)
  }
})

function published(happened: string): number {
  expect(happened).toMatch(/^→ 200: revision \d+ is published\.$/)
  return Number(/revision (\d+)/.exec(happened)?.[1])
}
