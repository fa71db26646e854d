import { expect, test } from 'vitest'
import { readOptions } from '../../../scripts/local/options.ts'

const read = (...args: string[]) => readOptions(args, { portsNeeded: 3, takesKeys: true })

test('without options a start takes free ports, has one key and prints text', () => {
  expect(read()).toEqual({ port: undefined, keys: ['default'], json: false, help: false })
})

test('options are accepted in any order', () => {
  expect(read('--json', '--port', '65533')).toMatchObject({ port: 65_533, json: true, help: false })
  expect(read('--port=1', '-h')).toMatchObject({ port: 1, json: false, help: true })
})

test('--keys names one key or several, in their order', () => {
  expect(read('--keys', 'mailer,billing,2fa').keys).toEqual(['mailer', 'billing', '2fa'])
  expect(read('--keys=mailer').keys).toEqual(['mailer'])
})

test.each([
  'Hunter2',
  'hunter_2',
  '-hunter2',
  'constructor',
  '',
  ',',
  'billing,',
  'billing,,mailer',
  'billing, mailer',
])('the names "%s" are refused with the form of a name, and not quoted', keys => {
  expect(() => read(`--keys=${keys}`)).toThrow(
    /^--keys must be names with a comma between them, as in billing,mailer\. Each must be 1 to 40 small letters/,
  )
  expect(() => read(`--keys=${keys}`)).not.toThrow(/hunter/i)
})

test('a name that is given twice is refused', () => {
  expect(() => read('--keys=hunter2,billing,hunter2')).toThrow(/^--keys must name each key once\.$/)
})

test('as many keys are taken as fit into the quota of 50 with their consumers, during an overlap', () => {
  const names = Array.from({ length: 15 }, (_, index) => `key-${index}`)
  expect(read(`--keys=${names.slice(1).join(',')}`).keys).toHaveLength(14)
  expect(() => read(`--keys=${names.join(',')}`)).toThrow(
    /^--keys must be at most 14 names: .* quota of 50 API keys\.$/,
  )
})

test('a local Scaleway alone has no keys to name', () => {
  expect(() => readOptions(['--keys', 'billing'], { portsNeeded: 1 })).toThrow(
    /^Unknown option '--keys'\. Known are --port, --json and --help;/,
  )
})

test.each(['0', '-1', '65534', '80a', '1e3', ' 80', ''])('the port "%s" is refused with the range that fits', port => {
  expect(() => read(`--port=${port}`)).toThrow('--port must be a number from 1 to 65533.')
})

test.each([
  { args: ['--prot', '1'], why: /^Unknown option '--prot'\./ },
  { args: ['8080'], why: /^An argument belongs to no option\..*follow a lone "--"/ },
  { args: ['--port'], why: /^Option '--port <value>' argument missing\./ },
  { args: ['--port', '--json'], why: /^Option '--port' argument is ambiguous\./ },
  { args: ['--json=yes'], why: /^Option '--json' does not take an argument\./ },
])('$args are refused in one line that names the options', ({ args, why }) => {
  expect(() => read(...args)).toThrow(why)
  expect(() => read(...args)).toThrow(/^[^\n]*Known are --port, --json, --help and --keys[^\n]*$/)
})
