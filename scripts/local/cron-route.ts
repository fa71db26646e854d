import { notFound, type Route } from '../../test/fake-scaleway/index.ts'

/** What a function answered to a CRON. */
interface Answered {
  readonly status: number
  readonly body: string | Uint8Array
}

/**
 * The one route of the local Scaleway that the platform does not have: `POST /crons/<name>/fire` fires a CRON now and
 * gives what the function answered. It needs no token, as whoever reaches loopback may also wait for the schedule.
 * `fire` gives undefined when there is no CRON of that name.
 */
export function fireRoute(fire: (name: string) => Promise<Answered> | undefined): Route {
  return {
    operation: 'local.fireCron',
    method: 'POST',
    path: '/crons/:name/fire',
    access: 'open',
    body: 'bytes',
    async handle({ param }) {
      const answered = await fire(param('name'))
      if (answered === undefined) throw notFound('cron', param('name'))
      const { status, body } = answered
      return { function_status: status, function_answer: readable(body) }
    },
  }
}

function readable(body: string | Uint8Array): unknown {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Where a CRON is fired by hand. */
export function fireUrl(scalewayUrl: string, name: string): string {
  return `${scalewayUrl}/crons/${name}/fire`
}
