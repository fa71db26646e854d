import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { envFor, expectWell, runBlock } from './journey.ts'
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

for (const { block, title, play } of [...rotationJourneys, ...scalewayJourneys]) {
  test(`${block}: ${title}`, async () => {
    const env = envFor(block, stack)
    await play(worldOf(stack), async given => expectWell(block, await runBlock({ env }, block, given)))
  })
}

test('with operators of your own the token comes from TOKEN, and without it nothing is sent', async () => {
  const { env, operatorKey } = await stack.withoutOperator()
  const missing = await runBlock({ env }, 'Look 2')
  expect(missing.code).not.toBe(0)
  expect(missing.stderr).toContain('rotation needs a token')
  expect(missing.stderr).not.toContain('HTTP')
  const given = await runBlock({ env }, 'Look 2', { env: { TOKEN: operatorKey } })
  expect(given.stderr).toContain('HTTP 503')
})
