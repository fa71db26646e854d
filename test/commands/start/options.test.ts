import { expect, test } from 'vitest'
import { readOptions } from '../../../scripts/local/options.ts'

const read = (...args: string[]) => readOptions(args, { portsNeeded: 3 })

test('without options a start takes free ports and prints text', () => {
  expect(read()).toEqual({ port: undefined, json: false, help: false })
})

test('options are accepted in any order', () => {
  expect(read('--json', '--port', '65533')).toEqual({ port: 65_533, json: true, help: false })
  expect(read('--port=1', '-h')).toEqual({ port: 1, json: false, help: true })
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
  expect(() => read(...args)).toThrow(/^[^\n]*Known are --port, --json and --help[^\n]*$/)
})
