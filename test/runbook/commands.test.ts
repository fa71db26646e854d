import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { envFor, expectWell, type Journey, runBlock } from './journey.ts'
import { rotationJourneys } from './rotation-journeys.ts'
import { scalewayJourneys } from './scaleway-journeys.ts'
import { severalKeysJourneys, severalNames } from './several-keys-journeys.ts'
import { type Stack, startStack } from './stack.ts'
import { type StackWorld, worldOf } from './stack-world.ts'

let stack: Stack
let stackOfSeveral: Stack
beforeAll(async () => {
  ;[stack, stackOfSeveral] = await Promise.all([startStack(), startStack(severalNames)])
})
beforeEach(() => stack.reset())
afterAll(() => Promise.all([stack.end(), stackOfSeveral.end()]))

playAll([...rotationJourneys, ...scalewayJourneys], () => stack)
playAll(severalKeysJourneys, () => stackOfSeveral)

function playAll(journeys: readonly Journey<StackWorld>[], stackOf: () => Stack): void {
  for (const { block, title, play } of journeys) {
    test(`${block}: ${title}`, async () => {
      const env = envFor(block, stackOf())
      await play(worldOf(stackOf()), async given => expectWell(block, await runBlock({ env }, block, given)))
    })
  }
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
