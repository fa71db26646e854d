import { bothHeaders, credentialIn } from '../../scripts/deployment/caller-headers.ts'

/** What a function answered: its JSON read, and the headers that proofs look at. */
interface Called {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

/** Calls a deployed function as every caller is told to: GET, or POST with a body. Without a token the caller is unknown. */
export async function call(
  url: string,
  {
    token,
    body,
    headers = {},
  }: { token?: string | null | undefined; body?: object; headers?: Record<string, string> } = {},
): Promise<Called> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...(typeof token === 'string' && credentialIn(bothHeaders, token)), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const read: unknown = JSON.parse((await response.text()) || '{}')
  return { status: response.status, headers: response.headers, body: { ...(typeof read === 'object' ? read : {}) } }
}
