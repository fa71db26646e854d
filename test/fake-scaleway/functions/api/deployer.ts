import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { ownerOf } from '../../http/wire-client.ts'
import { createScaleway, type Readings, SimulatedClock } from '../../index.ts'
import { zipHandler } from '../zip-handler.ts'
import { type FunctionsOptions, serveFunctions } from './index.ts'

/** The path at which these tests call the Functions API. */
export const FUNCTIONS = '/functions/v1beta1/regions/fr-par'

const withId = v.looseObject({ id: v.string(), status: v.string() })
const uploadForm = v.object({ url: v.string(), headers: v.record(v.string(), v.tuple([v.string()])) })

interface DeployerOptions extends Pick<FunctionsOptions, 'schedule' | 'log'> {
  readonly readings?: Partial<Readings>
}

/**
 * A local Scaleway with Functions, in process and closed with the test, and an owner who deploys with the calls that the
 * Terraform provider makes (docs/scaleway.md#provider-calls).
 */
export async function createDeployer({ readings = {}, ...options }: DeployerOptions = {}) {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock, readings })
  const deployments = await serveFunctions({ scaleway, apiUrl: 'http://scaleway.test', ...options })
  onTestFinished(deployments.close)
  const owner = ownerOf(scaleway)
  const done = async (method: string, path: string, body?: object) => {
    const answer = await owner.call(method, `${FUNCTIONS}${path}`, body)
    if (answer.status !== 200) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`)
    return v.parse(withId, answer.body)
  }
  const place = async (functionId: string, contentLength: number) => {
    const path = `${FUNCTIONS}/functions/${functionId}/upload-url?content_length=${contentLength}`
    return v.parse(uploadForm, (await owner.call('GET', path)).body)
  }
  const upload = async (functionId: string, zip: Uint8Array) => {
    const { url, headers } = await place(functionId, zip.byteLength)
    const flat = Object.fromEntries(Object.entries(headers).map(([name, [value]]) => [name, value]))
    return scaleway.fetch(url, { method: 'PUT', headers: flat, body: zip })
  }
  return {
    clock,
    scaleway,
    deployments,
    owner,
    /** A call that must be answered 200. */
    done,
    namespace: (body: object = {}) => done('POST', '/namespaces', { name: 'space', ...body }),
    /** A private function with the minimum that it needs; no code yet. */
    create: (namespaceId: string, body: object = {}) =>
      done('POST', '/functions', {
        namespace_id: namespaceId,
        name: 'function',
        runtime: 'node24',
        privacy: 'private',
        ...body,
      }),
    place,
    upload,
    /** Uploads a handler's source, deploys it, and gives the function once its status is final. */
    async deploy(functionId: string, source: string) {
      await upload(functionId, zipHandler(source))
      await done('POST', `/functions/${functionId}/deploy`, {})
      return done('GET', `/functions/${functionId}`)
    },
  }
}
