import { notFound, type Route } from '../../test/fake-scaleway/index.ts'

/** A function's answer to a CRON. */
interface Answer {
  readonly status: number
  readonly body: string | Uint8Array
}

/**
 * The one route of the local Scaleway that the platform does not have: `POST /crons/<name>/fire` fires a CRON now and
 * gives the function's answer. It needs no token: it does nothing that the schedule does not do by itself.
 * `fire` gives undefined if there is no CRON of that name.
 */
export function fireRoute(fire: (name: string) => Promise<Answer | undefined> | undefined): Route {
  return {
    operation: 'local.fireCron',
    method: 'POST',
    path: '/crons/:name/fire',
    access: 'open',
    body: 'bytes',
    async handle({ param }) {
      const answer = await fire(param('name'))
      if (answer === undefined) throw notFound('cron', param('name'))
      const { status, body } = answer
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

/** The address at which a CRON is fired manually. */
export function fireUrl(scalewayUrl: string, name: string): string {
  return `${scalewayUrl}/crons/${name}/fire`
}
