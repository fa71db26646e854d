import { apply, type Picture, type StreamLine } from '../picture.ts'

/** Where the token is sent. */
const tokenHeader = 'X-Page-Token'
const storedAs = 'page-token'
const retryMs = 1_500

/**
 * Gives the token of the address's fragment, which no server and no referrer ever sees, and takes it out of the address.
 * A reload finds it in the session of this tab.
 */
export function takeToken({ location, history, sessionStorage }: Window): string {
  const given = location.hash.slice(1)
  if (given !== '') {
    sessionStorage.setItem(storedAs, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(storedAs) ?? ''
}

/** What is told of the stream. */
interface Listener {
  readonly show: (picture: Picture) => void
  /** Says in words why the picture stands still. It is asked for again meanwhile. */
  readonly lose: (why: string) => void
}

/** Keeps the picture as the server has it: asks again where the stream ends, until it is refused. */
export async function follow(token: string, { show, lose }: Listener): Promise<void> {
  for (;;) {
    const { why, isFinal } = await read(token, show).catch(() =>
      lost('The server does not answer: has its command ended?'),
    )
    lose(why)
    if (isFinal) return
    await new Promise(resolve => setTimeout(resolve, retryMs))
  }
}

async function read(token: string, show: Listener['show']): Promise<Lost> {
  const response = await fetch('/stream', { headers: { [tokenHeader]: token } })
  if (!response.ok || response.body === null) return { why: refusal(response.status), isFinal: true }
  let picture: Picture | undefined
  for await (const line of linesOf(response.body)) {
    const parsed: StreamLine = JSON.parse(line)
    if ('picture' in parsed) picture = parsed.picture
    else if (picture !== undefined) picture = apply(picture, parsed.change)
    if (picture !== undefined) show(picture)
  }
  return lost('The server has ended.')
}

/** Why a stream ended. */
interface Lost {
  readonly why: string
  readonly isFinal: boolean
}

function lost(why: string): Lost {
  return { why, isFinal: false }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = `${rest}${decoder.decode(value, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter(line => line !== '')
  }
}

/**
 * Presses a button or sets the clock: `press/rotate`, `clock/paused`. Gives why it was not done; undefined when it was.
 * What came of it is in the stream.
 */
export async function post(token: string, path: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/${path}`, { method: 'POST', headers: { [tokenHeader]: token } })
    if (response.ok) return undefined
    return response.status === 409 ? response.text() : refusal(response.status)
  } catch {
    return 'The server does not answer.'
  }
}

function refusal(status: number): string {
  return status === 401 || status === 403
    ? 'The server refused this page: open the whole address that the command printed, with what follows its #.'
    : `The server answered ${status}.`
}
