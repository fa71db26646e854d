import { expect } from 'vitest'
import { root } from '../support/built.ts'
import { type Ran, runToEnd } from '../terraform/command.ts'
import { terraformEnv } from '../terraform/environment.ts'
import { blockNamed, preambleName } from './document.ts'
import { expectGoodAnswer } from './good-answer.ts'
import type { Stack } from './stack.ts'

/** One block of the runbook, lived through: the trouble, the block as it is written, and the world afterwards. */
export interface Journey<World> {
  /** The block that is run, and by nobody else. */
  readonly block: string
  /** What it proves, as a sentence. */
  readonly title: string
  readonly live: (world: World, run: RunBlock) => Promise<void>
}

/** Runs the journey's block; it must end well and give the good answer that the document shows. */
export type RunBlock = (given?: {
  /** Values that the reader fills in. */
  readonly env?: Readonly<Record<string, string>>
  /** What the reader types. */
  readonly typed?: string
}) => Promise<Ran>

/**
 * Gives the bash script of a block, after the one that all blocks need. Without outputs that one goes on after its
 * complaints, as it does for a person who pastes it.
 */
export function scriptOf(name: string, { hasOutputs = true }: { hasOutputs?: boolean } = {}): string {
  const preamble = name === preambleName ? '' : blockNamed(preambleName).code
  const before = hasOutputs ? `set -euo pipefail\n${preamble}` : `${preamble}\nset -euo pipefail`
  return `${before}\n{\n${blockNamed(name).code}\n} <<< "\${TYPED:-}"\n`
}

/** Runs a block against a stack, from the project's folder; a failure is a result. */
export function runBlock(
  { env }: Pick<Stack, 'env'>,
  name: string,
  { env: given = {}, typed = '' }: NonNullable<Parameters<RunBlock>[0]> = {},
): Promise<Ran> {
  const all = terraformEnv(root, { ...env, ...given, TYPED: typed })
  return runToEnd('bash', ['-c', scriptOf(name)], { folder: root, env: all })
}

/** Expects that a block ended well and gave its good answer. */
export function expectWell(name: string, ran: Ran): Ran {
  expect(ran.code, `${name}:\n${ran.stdout}\n${ran.stderr}`).toBe(0)
  expectGoodAnswer(blockNamed(name), ran)
  return ran
}
