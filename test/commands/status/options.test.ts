import { expect, test } from 'vitest'
import { readStatusOptions } from '../../../scripts/status/options.ts'

test('without options the outputs of this folder name the function, and the wait outlasts a revoke', () => {
  expect(readStatusOptions([])).toEqual({
    help: false,
    json: false,
    key: undefined,
    all: false,
    page: false,
    from: { folder: '.', outputsFile: undefined },
    waitSeconds: 300,
  })
})

test('an address replaces the outputs', () => {
  expect(readStatusOptions(['--url', 'http://127.0.0.1:8081', '--json', '--wait=5'])).toEqual({
    help: false,
    json: true,
    key: undefined,
    all: false,
    page: false,
    from: { url: 'http://127.0.0.1:8081/' },
    waitSeconds: 5,
  })
})

test('a key is named, or all are wanted', () => {
  expect(readStatusOptions(['--key', 'billing'])).toMatchObject({ key: 'billing', all: false })
  expect(readStatusOptions(['--all'])).toMatchObject({ key: undefined, all: true })
})

test.each([
  { args: ['--key', 'Hunter2'], why: /^--key must be the name of a key: 1 to 40 small letters/ },
  { args: ['--key', ''], why: /^--key must be the name of a key/ },
  // A secret key in the wrong place: it has the form of a name.
  { args: ['--key', crypto.randomUUID()], why: /^A token is never an option.* environment variable TOKEN\.$/ },
  { args: ['--key', 'hunter2', '--all'], why: /^--key shows one key, --all every key: leave one out\.$/ },
  { args: ['--page', '--json'], why: /^--page shows everything on a page: leave --json and --all out\.$/ },
  { args: ['--token', 'hunter2'], why: /^A token is never an option.* environment variable TOKEN\.$/ },
  { args: ['--TOKEN=hunter2'], why: /^A token is never an option/ },
  {
    args: ['hunter2'],
    why: /^An argument belongs to no option\. Known are --dir, .* and --page; through npm they follow a lone "--"\.$/,
  },
  {
    args: ['--watch'],
    why: /^Unknown option '--watch'\. Known are --dir, --outputs, --wait, --help, --url, --key, --all, --json and --page; through npm they follow a lone "--"\.$/,
  },
  { args: ['--wait', 'hunter2'], why: /^--wait must be a number of seconds up to 9999\.$/ },
  { args: ['--url', 'hunter2'], why: /^--url must be the address of the rotation function/ },
  { args: ['--url', 'ftp://127.0.0.1/hunter2'], why: /^--url must be the address of the rotation function/ },
  { args: ['--url', 'https://me:hunter2@function.test'], why: /^--url must be the address .* no user\.$/ },
  { args: ['--url', 'http://function.test/hunter2'], why: /^--url must begin with https:/ },
  { args: ['--url', 'http://127.0.0.2/hunter2'], why: /^--url must begin with https:/ },
  {
    args: ['--url', 'https://function.test', '--dir', 'hunter2'],
    why: /^--url says where .* leave --dir and --outputs/,
  },
])('$args is refused in one line with the remedy and without a value', ({ args, why }) => {
  expect(() => readStatusOptions(args)).toThrow(why)
  expect(() => readStatusOptions(args)).not.toThrow(/hunter2|\n/)
})
