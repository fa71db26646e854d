import type { Chance } from '../harness/chance.ts'

/** Part of every value of a hostile event: the form of no field that may be echoed allows it. */
export const marker = 'pl%nted'

/** An object that throws on every access; the error quotes the event. */
function trap(): object {
  const harm = (): never => {
    throw Object.assign(new Error(marker), { name: marker, stack: marker })
  }
  return new Proxy(
    {},
    { get: harm, has: harm, ownKeys: harm, getPrototypeOf: harm, getOwnPropertyDescriptor: harm, set: harm },
  )
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({ marker }, {})
  revoke()
  return proxy
}

function cyclic(): object {
  const circle: Record<string, unknown> = { marker }
  circle.self = [circle]
  return circle
}

function deep(levels: number): unknown {
  let value: unknown = marker
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { [marker]: value }
  return value
}

const harmful = {
  get [marker](): never {
    throw new Error(marker)
  },
  toString(): never {
    throw new Error(marker)
  },
  toJSON(): never {
    throw new Error(marker)
  },
  [Symbol.toPrimitive](): never {
    throw new Error(marker)
  },
}

/** Texts that a parser, a log or a terminal may fail on. */
export const texts = [
  '',
  ' ',
  marker,
  `\ud800${marker}\udfff`,
  `${marker}\0${marker}`,
  `${marker}\r\nX-Injected: 1`,
  `\u001b[31m${marker}\u202e`,
  `\ufeff${marker}`,
  `${marker}İıſßﬀ𝟙`,
  '__proto__',
  '*',
  '"1"',
  'no-cache',
  'constructor',
  'undefined',
  '1e400',
  '$' + '{jndi:ldap://x}',
  "' OR 1=1 --",
  `../../${marker}`,
  '%00%2e%2e%2f',
  `<script>${marker}</script>`,
] as const

const makers: readonly [(luck: Chance) => unknown, ...((luck: Chance) => unknown)[]] = [
  luck => luck.one(texts),
  luck => marker.repeat(luck.one([1, 100, 10_000, 100_000])),
  luck =>
    luck.one<unknown>([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 2 ** 53, 0.1, 5e-324, -1]),
  () => 10n ** 40n,
  () => Symbol(marker),
  luck => luck.one([undefined, null, true, false]),
  () => () => marker,
  luck => luck.one([new Date(Number.NaN), new Date(0), /x/g]),
  () => new Map([[marker, marker]]),
  () => Buffer.from(marker),
  () => Object(marker),
  () => Object.create(null),
  () => Object.create({ httpMethod: 'POST', body: '{"action":"revoke"}' }),
  luck => deep(luck.one([3, 100, 10_000])),
  () => harmful,
  cyclic,
  revoked,
  trap,
  () => JSON.parse(`{"__proto__":{"polluted":"${marker}"},"constructor":{"prototype":{"polluted":1}}}`),
  luck => Array.from({ length: luck.between(0, 4) }, () => luck.one(texts)),
  () => Array(4_000_000_000),
  () => Object.assign([marker], { at: trap() }),
]

/** Any value that a program can be given. */
export function anyValue(luck: Chance): unknown {
  return luck.one(makers)(luck)
}
