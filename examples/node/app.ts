import { setTimeout as sleep } from 'node:timers/promises'
import { RotatedKey } from './rotated-key.ts'

/**
 * A small application: reads its own key's metadata from IAM repeatedly, and prints its name, and status and revision of each
 * call. Settings: see ../README.md.
 */
const apiUrl = process.env.SCW_API_URL ?? 'https://api.scaleway.com'
const callMs = secondsOf('CALL_SECONDS', 10) * 1000

const rotated = await RotatedKey.start({
  url: textOf('RETRIEVAL_URL'),
  consumerKey: textOf('CONSUMER_KEY'),
  refreshMs: secondsOf('REFRESH_SECONDS', 3600) * 1000,
  startMs: secondsOf('START_SECONDS', 180) * 1000,
  timeoutMs: secondsOf('TIMEOUT_SECONDS', 70) * 1000,
  log: line => process.stderr.write(`${line}\n`),
}).catch(stopWith)

for (;;) {
  process.stdout.write(`node ${await callOnce()} revision ${rotated.current.revision}\n`)
  await sleep(callMs)
}

async function callOnce(): Promise<number | 'no-answer'> {
  try {
    const response = await rotated.use(({ accessKey, secretKey }) =>
      fetch(`${apiUrl}/iam/v1alpha1/api-keys/${accessKey}`, {
        headers: { 'X-Auth-Token': secretKey },
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
      }),
    )
    await response.body?.cancel()
    return response.status
  } catch {
    return 'no-answer'
  }
}

function textOf(name: string): string {
  return process.env[name] || stopWith(new Error(`${name} is missing: see examples/README.md.`))
}

function secondsOf(name: string, preset: number): number {
  const seconds = Number(process.env[name] ?? preset)
  return seconds > 0 && seconds <= 86_400 ? seconds : stopWith(new Error(`${name} must be seconds, more than 0.`))
}

function stopWith(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
