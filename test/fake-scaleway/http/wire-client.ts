import type { FakeScaleway } from '../scaleway.ts'
import { isRecord, parseJson } from './arguments.ts'

/** An answer as a test sees it; `body` is undefined when it was empty or not JSON. */
interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly text: string
  readonly contentType: string | null
}

/** Calls the API as one bearer, without an SDK. */
export interface WireClient {
  call(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answered>
}

type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** Takes a secret key and gives a client; in process by default, over HTTP with a base URL. */
export function wireClient(secretKey: string, { fetch, baseUrl }: { fetch: Fetch; baseUrl?: string }): WireClient {
  return {
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${baseUrl ?? 'http://scaleway.test'}${path}`, {
        method,
        headers: { 'X-Auth-Token': secretKey, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const parsed = parseJson(text)
      return {
        status: response.status,
        body: isRecord(parsed) ? parsed : undefined,
        text,
        contentType: response.headers.get('content-type'),
      }
    },
  }
}

/** The owner, in process. */
export function ownerOf(scaleway: FakeScaleway): WireClient {
  return wireClient(scaleway.owner.secretKey, scaleway)
}

/** A new application with one policy of these rules and one key, in process. Without rules it has no policy. */
export function bearerWith(
  scaleway: FakeScaleway,
  rules: Parameters<FakeScaleway['iam']['createPolicy']>[0]['rules'] = [],
): WireClient & { readonly applicationId: string; readonly accessKey: string; readonly secretKey: string } {
  const { id: applicationId } = scaleway.iam.createApplication({ name: 'bearer' })
  if (rules.length > 0) scaleway.iam.createPolicy({ applicationId, rules })
  const key = scaleway.iam.createApiKey({ applicationId })
  return { ...wireClient(key.secretKey, scaleway), applicationId, ...key }
}
