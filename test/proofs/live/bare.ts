import { startFunction } from '../../fake-scaleway/functions/function-process.ts'
import { startGateway } from '../../fake-scaleway/functions/gateway.ts'
import { zipHandler } from '../../fake-scaleway/functions/zip-handler.ts'
import type { LiveStack } from './live-stack.ts'
import { movedClockUrl } from './moved-clock.ts'

const constant = `
const answer = {
  statusCode: 200,
  headers: { 'Content-Type': 'application/json' },
  body: '{"API_KEY":"SCW0123456789ABCDEFG","SECRET_KEY":"11111111-1111-4111-8111-111111111111"}',
}
export const handle = () => answer`

/** Runs a handler in the host and gateway of retrieval; by default one that answers a constant. Gives its URL. */
export async function startBare({ cloud, atEnd }: LiveStack, source: string = constant): Promise<string> {
  const env = { NODE_OPTIONS: `--import=${movedClockUrl}` }
  const bare = await startFunction({ zip: zipHandler(source), env })
  atEnd(bare.stop)
  const gateway = await startGateway({
    functionUrl: bare.url,
    privacy: 'private',
    authority: cloud,
    state: cloud.state,
    projectId: cloud.projectId,
    timeoutSeconds: 60,
    maxScale: 20,
  })
  atEnd(gateway.close)
  return gateway.url
}
