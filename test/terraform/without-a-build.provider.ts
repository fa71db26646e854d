import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { terraform } from './command.ts'
import { proofs, templateFolder } from './provider.ts'
import { leftOver, nothing } from './remaining.ts'
import { type Stage, setStage } from './stage.ts'
import { testFolder } from './template.ts'

proofs('the module in a fresh clone', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage()
  })
  afterAll(() => stage.end())

  test('is formatted', async () => {
    expect(await stage.run('fmt', '-check', '-recursive')).toMatchObject({ code: 0, stdout: '' })
  })

  test('passes its own tests with a mock provider', async () => {
    // Not on the stage, whose variables would apply to the tests as well.
    const { code, stdout } = await terraform(templateFolder(), ['test', '-no-color', `-test-directory=${testFolder}`])
    expect(stdout).toMatch(/Success! [1-9]\d* passed, 0 failed/)
    expect(code).toBe(0)
    // 170 plans, four minutes on a busy machine.
  }, 480_000)

  test('without a build it validates, and plan and apply stop and say what to run first', async () => {
    await removeBuild()
    expect((await stage.run('validate')).code).toBe(0)
    for (const command of [['plan'], ['apply', '-auto-approve']]) {
      const { code, stderr } = await stage.run(...command, '-no-color')
      expect(code).toBe(1)
      expect(stderr.replaceAll(/[\s│]+/g, ' ')).toContain('run `npm run build` first')
    }
    expect(await leftOver(stage)).toEqual(nothing)
  })

  test('without a build an applied deployment is planned for destruction, and destroyed', async () => {
    await stage.shell(`cp -r ${stage.folder}/kept dist`)
    await stage.apply()
    await removeBuild()
    const { changes } = await stage.plan('-destroy')
    expect(new Set(Object.values(changes))).toEqual(new Set(['delete']))
    await stage.destroy()
    expect(await leftOver(stage)).toEqual(nothing)
  })

  async function removeBuild(): Promise<void> {
    await stage.shell('[ -d kept ] || cp -r dist kept')
    await rm(join(stage.folder, 'dist'), { recursive: true })
  }
})
