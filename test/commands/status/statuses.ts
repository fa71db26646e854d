import { readStatus, type Status } from '../../../scripts/status/status.ts'

/** The time at which these statuses are shown. */
export const now = new Date('2026-04-01T14:00:00Z')

/** The body of a status: healthy with one key, apart from the given fields. */
export function statusBody(different: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    healthy: true,
    current: servedKey,
    previous: [],
    orphans: [],
    foreign_keys: [],
    foreign_versions: [],
    quota: { versions: { used: 1, limit: 20 }, keys: { used: 1, limit: 13 } },
    next: { actions: [], refused: null },
    next_rotation: '2026-05-01T02:00:00.000Z',
    overdue_after: '2026-05-06T02:00:00.000Z',
    rotator_key: {
      access_key: accessKey(99),
      created_at: '2026-01-01T00:00:00.000Z',
      age_days: 90.5,
      expires_at: null,
    },
    problems: [],
    request_id: 'bd86cbd9-44d5-4b2b-a92c-0cf7a1a0a9d8',
    ...different,
  }
}

/** The same, parsed. */
export function statusWith(different: Readonly<Record<string, unknown>> = {}): Status {
  const status = readStatus(statusBody(different))
  if (status === undefined) throw new Error('This is not a status.')
  return status
}

/** The body of a status of several keys: healthy, apart from the given keys and fields. */
export function bodyOfSeveral(
  keys: Readonly<Record<string, unknown>>,
  different: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const { rotator_key, problems, request_id } = statusBody()
  return {
    healthy: true,
    unhealthy: [],
    rotator_key,
    unknown_keys: [],
    api_keys: { used: 12, quota: 50 },
    problems,
    keys,
    request_id,
    ...different,
  }
}

/** The body of a key's status within that of several. */
export function keyBody(different: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { rotator_key: _, request_id: __, ...body } = statusBody(different)
  return body
}

/** What the function says of the deployment's own keys: the rotator's is that of every status here. */
export const credentials = [
  {
    name: 'rotator',
    access_key: accessKey(99),
    created_at: '2026-01-01T00:00:00.000Z',
    age_days: 90,
    expires_at: null,
  },
  {
    name: 'reader',
    access_key: accessKey(98),
    created_at: '2026-01-01T00:00:00.000Z',
    age_days: 90,
    expires_at: '2026-04-11T14:00:00.000Z',
  },
  {
    name: 'consumer-app',
    access_key: accessKey(97),
    created_at: '2025-02-25T14:00:00.000Z',
    age_days: 400,
    expires_at: '2026-03-29T14:00:00.000Z',
  },
  {
    name: 'consumer-app',
    access_key: accessKey(96),
    created_at: '2026-03-23T14:00:00.000Z',
    age_days: 9,
    expires_at: '2026-07-10T14:00:00.000Z',
  },
]

/** The alarm of two of them. */
export const credentialAlarm = {
  code: 'credential-expires-soon',
  alarming: true,
  message: `These keys end: reader (${accessKey(98)}), consumer-app (${accessKey(97)}).`,
}

/** An access key in the platform's form. */
export function accessKey(number: number): string {
  return `SCW${String(number).padStart(17, '0')}`
}

/** Revision 2, an hour old and valid for 90 days. */
export const servedKey = {
  access_key: accessKey(2),
  revision: 2,
  created_at: '2026-04-01T13:00:00.000Z',
  age_days: 0,
  expires_at: '2026-06-30T13:00:00.000Z',
}

/** Revision 1, a month old, in its overlap. */
export const previousKey = {
  access_key: accessKey(1),
  revision: 1,
  status: 'enabled',
  created_at: '2026-03-01T02:00:00.000Z',
  ends_after: '2026-04-06T14:00:00.000Z',
}
