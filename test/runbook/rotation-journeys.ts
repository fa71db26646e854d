import { expect } from 'vitest'
import type { Journey } from './journey.ts'
import { makeKey, publish } from './published.ts'
import { accessKeys, type StackWorld, served, statuses } from './stack-world.ts'

const day = 24

/** The blocks that call the functions. */
export const rotationJourneys: readonly Journey<StackWorld>[] = [
  {
    block: 'Look 2',
    title: 'the status of a healthy deployment',
    play: async (world, run) => {
      publish(world.past, 2)
      publish(world.past, 1)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      world.past.cloud.iam.deleteApiKey(accessKeys(world)[0] ?? '')
      expect((await run()).stderr).toContain('HTTP 200')
    },
  },
  {
    block: 'No key yet 1',
    title: 'the first key is made, and served',
    play: async (world, run) => {
      await run()
      expect(world.stack.cloud.authenticates(served(world).SECRET_KEY)).toBe(true)
    },
  },
  {
    block: 'The rotation is overdue 1',
    title: 'a key that is too old is replaced by what the hourly run does',
    play: async (world, run) => {
      publish(world.past, 36 * day)
      await run()
      expect(served(world).revision).toBe(2)
    },
  },
  {
    block: 'A rotation stopped half-way 1',
    title: 'a key that a crash left behind is deleted',
    play: async (world, run) => {
      publish(world.past, 3 * day)
      const second = publish(world.past, 2 * day)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      world.past.cloud.iam.deleteApiKey(accessKeys(world)[0] ?? '')
      makeKey(world.past, 2)
      await run()
      expect(accessKeys(world)).toEqual([second.accessKey])
    },
  },
  {
    block: 'A young key is gone 1',
    title: 'a key that was deleted minutes after its publication is replaced',
    play: async (world, run) => {
      publish(world.past, 3 * day)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      world.past.cloud.iam.deleteApiKey(accessKeys(world)[0] ?? '')
      const young = publish(world.past, 0)
      world.past.cloud.iam.deleteApiKey(young.accessKey)
      await run()
      expect(world.stack.cloud.authenticates(served(world).SECRET_KEY)).toBe(true)
    },
  },
  {
    block: 'A key leaked 1',
    title: 'a leaked key is replaced, and neither it nor any older key works any more',
    play: async (world, run) => {
      publish(world.past, 60 * day)
      const leaked = publish(world.past, 2 * day)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 1)
      world.past.cloud.iam.deleteApiKey(accessKeys(world)[0] ?? '')
      await run()
      expect(world.stack.cloud.authenticates(leaked.secretKey)).toBe(false)
      expect(world.stack.cloud.authenticates(served(world).SECRET_KEY)).toBe(true)
    },
  },
  {
    block: 'The new key does not work 1',
    title: 'the previous key is served again, and the new one still works for applications that hold it',
    play: async (world, run) => {
      const first = publish(world.past, 30 * day)
      const second = publish(world.past, 1)
      await run({ env: { REVISION: '2' } })
      expect(served(world).API_KEY).toBe(first.accessKey)
      expect(world.stack.cloud.authenticates(second.secretKey)).toBe(true)
    },
  },
  {
    block: 'A rollback is in force 1',
    title: 'the operator ends a rollback with a new key',
    play: async (world, run) => {
      publish(world.past, 30 * day)
      publish(world.past, 1)
      world.past.cloud.secrets.disableVersion(world.past.secretId, 2)
      await run()
      expect(served(world).revision).toBe(3)
    },
  },
  {
    block: 'Clean-up does not finish 1',
    title: 'a version that is days overdue is disabled, and a second call deletes its key',
    play: async (world, run) => {
      publish(world.past, 40 * day)
      const second = publish(world.past, 12 * day)
      await run()
      expect(statuses(world)).toEqual(['enabled', 'disabled'])
      await world.again('Clean-up does not finish 1')
      expect(accessKeys(world)).toEqual([second.accessKey])
    },
  },
  {
    block: "The function's clock is wrong 1",
    title: 'nothing is done while the clock is wrong, and what is due is done once it is right',
    play: async (world, run) => {
      publish(world.past, 12 * day)
      publish(world.past, 7 * day)
      const putRight = world.stack.clock.setBack(3 * day)
      const wrong = await world.again("The function's clock is wrong 1")
      expect([wrong.stderr, JSON.parse(wrong.stdout)]).toMatchObject([
        expect.stringContaining('HTTP 503'),
        { error: 'clock-skew', message: expect.stringContaining("3 days ahead of Scaleway's") },
      ])
      expect(statuses(world)).toEqual(['enabled', 'enabled'])
      putRight()
      await run()
      expect(statuses(world)).toEqual(['enabled', 'disabled'])
    },
  },
  {
    block: 'Scaleway itself is down 1',
    title: 'a dry run is answered with 502 while Scaleway is down, and with a plan afterwards',
    play: async (world, run) => {
      publish(world.past, 3 * day)
      publish(world.past, 2 * day)
      const isUp = world.stack.cloud.faults.add({
        operation: 'secrets.listVersions',
        fault: { kind: 'malformed', how: 'html' },
        times: Number.POSITIVE_INFINITY,
      })
      const down = await world.again('Scaleway itself is down 1')
      expect([down.stderr, JSON.parse(down.stdout).error]).toEqual([
        expect.stringContaining('HTTP 502'),
        'upstream-unreadable',
      ])
      isUp()
      await run()
      expect(world.stack.cloud.secrets.versions(world.past.secretId)).toHaveLength(2)
    },
  },
]
