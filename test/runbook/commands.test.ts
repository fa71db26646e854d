import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectWell, runBlock } from './journey.ts'
import { rotationJourneys } from './rotation-journeys.ts'
import { scalewayJourneys } from './scaleway-journeys.ts'
import { type Stack, startStack } from './stack.ts'
import { worldOf } from './stack-world.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
beforeEach(() => stack.reset())
afterAll(() => stack.end())

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
/** The command may come later than the page that names it; from then on it is run. */
const isThere = (block: string) => block !== 'Look 1' || 'status' in scripts

for (const { block, title, live } of [...rotationJourneys, ...scalewayJourneys]) {
  test.runIf(isThere(block))(`${block}: ${title}`, async () => {
    await live(worldOf(stack), async given => expectWell(block, await runBlock(stack, block, given)))
  })
}

test('with operators of your own the token comes from TOKEN, and without it nothing is sent', async () => {
  const { env, operatorKey } = await stack.withoutOperator()
  const missing = await runBlock({ env }, 'Look 2')
  expect(missing.code).not.toBe(0)
  expect(missing.stderr).toContain('read the secret key of an operator of your own')
  const given = await runBlock({ env }, 'Look 2', { env: { TOKEN: operatorKey } })
  expect(given.stderr).toContain('HTTP 503')
})
