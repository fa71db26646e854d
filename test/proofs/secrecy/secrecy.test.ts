import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { withOutput } from './output.ts'
import { Search } from './planted.ts'
import { printed } from './printed.ts'
import { secretCrash } from './secret-crash.ts'
import { secretObjects } from './secret-objects.ts'
import { secretRead } from './secret-reads.ts'
import { leaksOf, secretRun } from './secret-runs.ts'

const secret = randomUUID()
const base64 = (text: string) => Buffer.from(text).toString('base64')

function search(): Search {
  const planted = new Search()
  planted.plant('the secret', secret)
  return planted
}

test('no secret is disclosed by a run whose publication has a lost answer, nor by a read of a truncated answer', async () => {
  expect(leaksOf(await secretRun('first rotation', { nth: 9, fault: 'lost after' }))).toEqual([])
  expect(leaksOf(await secretRead('truncated'))).toEqual([])
})

test('no object and no error prints a secret', async () => {
  const searched = await secretObjects()
  expect(searched.objects).toBeGreaterThan(100)
  expect(leaksOf(searched)).toEqual([])
})

test.each([
  ['a rotation', () => secretRun('hourly run that rotates', { nth: 3, fault: 'html' })],
  ['retrieval', () => secretRead('nothing')],
])('every place of %s is searched, and a leak in any of them is found', async (_, run) => {
  const { places, search: known } = await run()
  known.plant('the secret', secret)
  for (const [place, texts] of Object.entries(places)) {
    if (place !== 'output') expect(texts.length, place).toBeGreaterThan(0)
    const leaking = { places: { ...places, [place]: [...texts, `before ${secret} after`] }, search: known }
    expect(leaksOf(leaking)).toEqual([`the secret is in ${place}`])
  }
})

test.each([
  ['unchanged', secret],
  ['in capitals', secret.toUpperCase()],
  ['without dashes', secret.replaceAll('-', '')],
  ['a piece of it', secret.slice(7, 24)],
  ['base64', base64(secret)],
  ['base64 of a longer text', base64(`{"API_KEY":"SCW1","SECRET_KEY":"${secret}"}`)],
  ['base64 at the second offset', base64(`x${secret}`)],
  ['base64 at the third offset', base64(`xy${secret}`)],
  ['base64 twice', base64(`ab${base64(secret)}`)],
  ['hex', Buffer.from(secret).toString('hex')],
  ['percent escapes', secret.replace(/./g, one => `%${one.charCodeAt(0).toString(16)}`)],
  ['character codes', JSON.stringify([...Buffer.from(secret)])],
  ['a printed buffer', Buffer.from(secret).toString('hex').replace(/../g, '$& ')],
  ['backwards', [...secret].reverse().join('')],
])('a secret is found %s', (_, text) => {
  expect(search().find(`before ${text} after`)).toEqual(['the secret'])
  expect(search().find(`before ${randomUUID()} after`)).toEqual([])
})

const hidden = (property: PropertyDescriptor) => Object.defineProperty({}, 'hidden', property)

test.each<[string, unknown]>([
  ['a property', { deep: [{ secret }] }],
  ['a hidden property', hidden({ value: secret, enumerable: false })],
  ['a getter', hidden({ get: () => secret, enumerable: true })],
  ['a symbol', { [Symbol('key')]: secret }],
  ['an entry', new Map([[1, secret]])],
  ['the bytes', { bytes: Buffer.from(secret) }],
  ['the message', new Error(`failed: ${secret}`)],
  ['the cause', new Error('failed', { cause: new Error('inner', { cause: { secret } }) })],
  ['the stack', Object.assign(new Error('failed'), { stack: secret })],
  ['the name', Object.assign(new Error('failed'), { name: secret })],
  ['the result of toString', { toString: () => secret }],
  ['the result of toJSON', { toJSON: () => ({ secret }) }],
  ['the errors', new AggregateError([new Error(secret)])],
])('a secret in %s of an object is found', (_, object) => {
  const texts = printed(object).map(([, text]) => text)
  expect(search().find(texts.join('\n'))).toEqual(['the secret'])
})

test('what a process writes to its output is captured', async () => {
  const { output } = await withOutput(async () => {
    process.stdout.write(`${secret.slice(0, 18)}\n`)
    process.stderr.write(Buffer.from(`${secret.slice(18)}\n`))
  })
  expect(search().find(output.split('\n').join(''))).toEqual(['the secret'])
})

test('an uncaught error prints no secret', async () => {
  expect(leaksOf(await secretCrash())).toEqual([])
  expect(leaksOf(await secretCrash('console.error(process.env.ROTATOR_SECRET_KEY)'))).toHaveLength(4)
})
