import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '../terraform/called.ts'
import type { Ran } from '../terraform/command.ts'
import { type Stage, setStage } from '../terraform/stage.ts'
import { expectWell, type RunBlock, scriptOf } from './journey.ts'
import { type Past, publish } from './published.ts'
import { ShiftedClock } from './shifted-clock.ts'

/** A deployment by Terraform that has rotated, with a person in its folder. */
export interface StageWorld {
  readonly stage: Stage
  readonly past: Past
  /** As the applications have it, when the state is lost. */
  readonly retrievalUrl: string
  /** Runs a block once more; its answer is not compared. */
  again(block: string): Promise<Ran>
  /** What a function answers to the operator, or retrieval to the consumer `app`: a GET, or a POST with a body. */
  says(who: 'rotation' | 'retrieval' | 'retrieval as app', body?: object): Promise<Readonly<Record<string, unknown>>>
  /** Calls Scaleway as its owner; the answer's JSON. */
  owner(method: string, path: string, body?: object): Promise<unknown>
  /** Puts the functions' good builds back. */
  restoreBuild(): Promise<void>
}

/** Applies a deployment whose key was published ten days ago: a key of the deployment before is no alarm after a week. */
export async function setRunbookStage(root: string): Promise<StageWorld> {
  const clock = new ShiftedClock()
  const yes = { TF_CLI_ARGS: '-no-color', TF_CLI_ARGS_apply: '-auto-approve', TF_CLI_ARGS_destroy: '-auto-approve' }
  const stage = await setStage({ clock, credentials: 'environment', env: yes })
  await writeScripts(stage.folder, root)
  await cp(join(stage.folder, 'dist'), join(stage.folder, 'good-dist'), { recursive: true })
  await stage.apply()
  const { applicationId, secretId, retrievalUrl } = await stage.outputs()
  const past = { cloud: stage.scaleway, clock, applicationId, secretId }
  publish(past, 10 * 24)
  return {
    stage,
    past,
    retrievalUrl,
    again: block => stage.shell(scriptOf(block)),
    says: async (who, body) => {
      const { rotationUrl, retrievalUrl, operatorKey, consumerKeys } = await stage.outputs()
      const token = who === 'retrieval as app' ? consumerKeys.app : operatorKey
      const headers = { 'Cache-Control': 'no-cache' }
      const url = who === 'rotation' ? rotationUrl : retrievalUrl
      return (await call(url, { token, headers, ...(body && { body }) })).body
    },
    owner: async (method, path, body) => {
      const headers = { 'X-Auth-Token': stage.scaleway.owner.secretKey }
      const sent = body === undefined ? null : JSON.stringify(body)
      return (await fetch(`${stage.url}${path}`, { method, headers, body: sent })).json()
    },
    restoreBuild: () => cp(join(stage.folder, 'good-dist'), join(stage.folder, 'dist'), { recursive: true }),
  }
}

/** Runs a block in the stage's folder; it must end well and give its good answer. Without a state the helpers get a URL. */
export function runOn({ stage, retrievalUrl }: StageWorld, block: string): RunBlock {
  const isStateLost = block.startsWith('The state is lost')
  const given = isStateLost ? `ROTATION_URL='' RETRIEVAL_URL='${retrievalUrl}' TOKEN=''\n` : ''
  return async ({ env = {} } = {}) => {
    const filledIn = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`)
    return expectWell(block, await stage.shell(`${given}${filledIn.join('')}${scriptOf(block)}`))
  }
}

/** The helpers, and what `npm run` finds there: smoke is the real one, the build copies what was built before. */
async function writeScripts(folder: string, root: string): Promise<void> {
  await mkdir(join(folder, 'scripts'), { recursive: true })
  await cp(join(root, 'scripts/runbook.sh'), join(folder, 'scripts/runbook.sh'))
  const scripts = {
    build: 'cp good-dist/*.zip dist/',
    smoke: `cd '${root}' && node --import tsx scripts/smoke.ts --dir '${folder}' --wait 0`,
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'deployment', private: true, scripts }))
}
