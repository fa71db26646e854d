import { bothHeaders, credentialIn } from '../../deployment/caller-headers.ts'

/** What a function answered. */
export interface FunctionAnswer {
  readonly status: number
  readonly text: string
}

// Real: nothing that is asked here takes as long while logical time stands still.
const callLimitMs = 120_000

/** Calls a function as a caller with a key does: a POST with a body, else a GET. */
export async function callFunction(
  url: string,
  { key, body }: { readonly key: string; readonly body?: object },
): Promise<FunctionAnswer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...credentialIn(bothHeaders, key), 'Cache-Control': 'no-cache' },
    signal: AbortSignal.timeout(callLimitMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}
