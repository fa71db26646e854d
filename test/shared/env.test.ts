import { describe, expect, test } from 'vitest'
import { flag, MisconfiguredError, number, readEnv, sha256ByName, sha256List } from '../../functions/shared/env.ts'
import { secretKey, uuid } from '../../functions/shared/formats.ts'

const planted = 'planted-value'
const hash = 'a'.repeat(64)

function messageOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(MisconfiguredError)
    return String(error)
  }
  throw new Error('the settings were accepted')
}

describe('a setting that does not fit', () => {
  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['malformed', planted],
  ])('%s: the message names the variable and what is expected, never the value', (_, value) => {
    const message = messageOf(() => readEnv({ SECRET_ID: value }, { SECRET_ID: uuid }))
    expect(message).toContain('SECRET_ID must be a UUID')
    expect(message).not.toContain(planted)
  })

  test.each(['-1', '7', '1e3', '0x1', 'NaN', ' 1', '1,5'])(
    'a number outside its bounds or form is refused: %s',
    value => {
      const entries = { KEEP: number({ min: 0, max: 6, default: 3 }) }
      expect(messageOf(() => readEnv({ KEEP: value }, entries))).toContain('KEEP must be a number from 0 to 6')
    },
  )

  test.each(['[', '{}', '["x"]', `["${hash.toUpperCase()}"]`, '"a"'])(
    'a malformed list of hashes is refused: %s',
    value => {
      expect(messageOf(() => readEnv({ LIST: value }, { LIST: sha256List }))).toContain('LIST must be a JSON list')
    },
  )

  test.each(['[]', '{"a":1}', `{"a b":"${hash}"}`, '{"a":"b"}'])('a malformed map of hashes is refused: %s', value => {
    expect(messageOf(() => readEnv({ MAP: value }, { MAP: sha256ByName }))).toContain('MAP must be a JSON object')
  })

  test('a secret that is malformed is not quoted', () => {
    expect(messageOf(() => readEnv({ KEY: planted }, { KEY: secretKey }))).not.toContain(planted)
  })
})

test('settings that fit are read, and what is not set takes its default', () => {
  const id = '11111111-1111-4111-8111-111111111111'
  const entries = {
    ID: uuid,
    KEY: secretKey,
    HOURS: number({ min: 0, max: 144, default: 120 }),
    DAYS: number({ min: 0, max: 90, default: 90 }),
    ON: flag,
    LIST: sha256List,
    MAP: sha256ByName,
  }
  const set = readEnv({ ID: id, KEY: id, HOURS: '0.5', ON: 'true', MAP: `{"app":"${hash}"}`, LIST: '' }, entries)
  expect({ ...set, KEY: set.KEY.reveal() }).toEqual({
    ID: id,
    KEY: id,
    HOURS: 0.5,
    DAYS: 90,
    ON: true,
    LIST: [],
    MAP: { app: hash },
  })
})
