import type { Chance } from '../harness/chance.ts'

/** Part of every text that a mutation puts into an answer: it must never appear in an answer or a log. */
export const upstreamMarker = 'upstr%am'

/** Raw JSON text in place of a value: numbers and names that JSON.stringify never writes. */
const raw = (text: string) => `raw:${Buffer.from(text).toString('base64')}:raw`

interface Slot {
  readonly holder: object
  readonly key: string
  readonly value: unknown
}

type Change = (slot: Slot, luck: Chance) => void

const to =
  (make: (value: unknown, luck: Chance) => unknown): Change =>
  (slot, luck) =>
    Reflect.set(slot.holder, slot.key, make(slot.value, luck))

/** The ways in which one field of a true answer is malformed, by name. */
export const fieldChanges: Readonly<Record<string, Change>> = {
  dropped: ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else Reflect.deleteProperty(holder, key)
  },
  null: to(() => null),
  'another type': to((value, luck) => luck.one<unknown>([String(value), true, 7, [value], { value }])),
  'an empty text': to(() => ''),
  'another text': to(() => upstreamMarker),
  'a long text': to(() => upstreamMarker.repeat(5_000)),
  'a huge number': to((_, luck) => luck.one<unknown>([raw('1e400'), 9e15, raw('9007199254740993'), 2 ** 31])),
  'a negative number': to((_, luck) => luck.one([-1, -0.5, -(2 ** 53)])),
  'a fraction': to(() => 1.5),
  'another date format': to((_, luck) => luck.one<unknown>(dates)),
  'nested deep': to(() => raw('['.repeat(3_000) + ']'.repeat(3_000))),
  'a list of itself': to(value => [value, value, value]),
  'twice, first wrong': to((value, luck) =>
    raw(`${JSON.stringify(luck.one<unknown>([upstreamMarker, 0]))},"x":${JSON.stringify(value)}`),
  ),
  'twice, last wrong': ({ holder, key, value }) => {
    if (Array.isArray(holder)) holder.push(value)
    else
      Reflect.set(holder, key, raw(`${JSON.stringify(value)},${JSON.stringify(key)}:${JSON.stringify(upstreamMarker)}`))
  },
  'a polluting name': ({ holder }) => {
    Object.defineProperty(holder, '__proto__', { value: { status: 'enabled', admin: true }, enumerable: true })
  },
  'other fields too': ({ holder }) => Reflect.set(holder, upstreamMarker, { secret_key: upstreamMarker }),
}

const dates = [
  '2026-13-45T99:99:99Z',
  '03/01/2026',
  'Sun, 01 Mar 2026 02:00:00 GMT',
  '2026-03-01',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00.000Z',
  '-000001-01-01T00:00:00Z',
  1772330400,
  raw('1e400'),
  `now ${upstreamMarker}`,
] as const

/** Takes the JSON of a true answer and the name of a change; gives the text with one field of it changed. */
export function changeField(text: string, name: string, luck: Chance): string {
  const root: { body: unknown } = { body: parse(text) }
  const [first = { holder: root, key: 'body', value: undefined }, ...more] = [...slots(root.body)]
  fieldChanges[name]?.(luck.one([first, ...more]), luck)
  return (JSON.stringify(root.body) ?? '').replace(/"raw:([A-Za-z0-9+/=]*):raw"/g, (_, coded: string) =>
    Buffer.from(coded, 'base64').toString(),
  )
}

function* slots(holder: unknown): Generator<Slot> {
  if (typeof holder !== 'object' || holder === null) return
  for (const [key, value] of Object.entries(holder)) {
    yield { holder: holder, key, value }
    yield* slots(value)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
