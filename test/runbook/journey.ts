import { expect } from 'vitest'
import { root } from '../support/built.ts'
import { type Ran, runToEnd } from '../terraform/command.ts'
import { terraformEnv } from '../terraform/environment.ts'
import { blockNamed, preambleByHandName, preambleName } from './document.ts'
import { expectGoodAnswer } from './good-answer.ts'
import type { Stack } from './stack.ts'

/** A test of one block of the runbook: what went wrong, the block as it is written, and the world afterwards. */
export interface Journey<World> {
  /** The block that is run, by this journey alone. */
  readonly block: string
  /** What it shows, as a sentence. */
  readonly title: string
  readonly play: (world: World, run: RunBlock) => Promise<void>
}

/** Runs the journey's block; it must end well and give the good answer that the document shows. */
export type RunBlock = (given?: {
  /** Values that the reader fills in. */
  readonly env?: Readonly<Record<string, string>>
  /** What the reader types. */
  readonly typed?: string
}) => Promise<Ran>

/** Gives the bash script of a block, after the block that all others need. */
export function scriptOf(name: string): string {
  const preamble = [preambleName, preambleByHandName].includes(name) ? '' : blockNamed(preambleName).code
  return `set -euo pipefail\n${preamble}\n{\n${blockNamed(name).code}\n} <<< "\${TYPED:-}"\n`
}

/** What a reader has for a block: a URL and a token alone, if the document says that these are enough. */
export function envFor(name: string, stack: Pick<Stack, 'env' | 'holderEnv'>): Stack['env'] {
  return blockNamed(name).needs === 'token' ? stack.holderEnv : stack.env
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
