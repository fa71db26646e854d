import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChangedKey, changedKeys, type Delivery, isGenuine } from './notification.ts'
import { restarts } from './restart.ts'

/**
 * Receives the notifications of the rotation function and restarts an application once a new key can be fetched. For an
 * application that reads its key only when it starts; one that uses the files of ../node, ../python or ../shell needs no
 * restart. Settings: see ../README.md.
 */
const secret = signingSecret()
const wanted = setting('KEY', 'default')
const delayMs = secondsOf('DELAY_SECONDS', 150) * 1000
const port = Number(setting('PORT', '8080'))
const restart = (restarts[setting('RESTART')] ?? stop(`RESTART must be one of ${Object.keys(restarts).join(', ')}.`))(
  setting,
)

const maxBytes = 64 * 1024
const seen = new Set<string>()

const server = createServer((request, response) => {
  // A sender that hangs up in the middle must not end the process.
  const status = answer(request).catch(() => 400)
  void status.then(code => response.writeHead(code, { Connection: 'close' }).end())
})
server.requestTimeout = 10_000
server.listen(port, () => print('listening', { port: String(Object(server.address()).port) }))

async function answer(request: IncomingMessage): Promise<number> {
  if (request.method !== 'POST') return 405
  const body = await bodyOf(request)
  if (body === undefined) return 413
  const header = (name: string) => String(request.headers[name] ?? '')
  const delivery: Delivery = {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    body,
  }
  if (!isGenuine(delivery, secret, Date.now())) return 401
  const key = changedKeys(body).find(({ name }) => name === wanted)
  // Notified of the same thing twice, restart once.
  if (key === undefined || seen.has(delivery.id)) return 204
  seen.add(delivery.id)
  void restartFor(key)
  return 202
}

/** Waits until retrieval gives the new key to everybody, because its instances remember the former one for a while. */
async function restartFor(key: ChangedKey): Promise<void> {
  await sleep(delayMs)
  for (const pauseMs of [2_000, 30_000, 120_000, undefined]) {
    try {
      await restart(key)
      return print('restarted', key)
    } catch (error) {
      print('restart failed', {
        ...key,
        why: error instanceof Error ? error.message : 'unknown',
        again: pauseMs !== undefined,
      })
      if (pauseMs !== undefined) await sleep(pauseMs)
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += part.length
    if (bytes > maxBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

/** A shorter one, such as whsec_ alone, would let anybody sign. */
function signingSecret(): string {
  const text = setting('NOTIFICATION_SECRET')
  const bytes = Buffer.from(text.replace(/^whsec_/, ''), 'base64').length
  return bytes >= 24 ? text : stop('NOTIFICATION_SECRET must be whsec_ and the base64 of at least 24 bytes.')
}

function setting(name: string, fallback?: string): string {
  return process.env[name] || (fallback ?? stop(`${name} is missing: see examples/README.md.`))
}

function secondsOf(name: string, fallback: number): number {
  const seconds = Number(process.env[name] ?? fallback)
  return seconds >= 0 && seconds <= 86_400 ? seconds : stop(`${name} must be seconds, at most a day.`)
}

function print(what: string, details: object): void {
  process.stdout.write(`${JSON.stringify({ what, ...details })}\n`)
}

function stop(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(2)
}
