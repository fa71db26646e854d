import { describe, expect, test } from 'vitest'
import { jsonObject, MisconfiguredError, number, readEach, readEnv } from '../../functions/shared/env.ts'
import { form, list } from '../../functions/shared/form.ts'
import { secretKey, uuid } from '../../functions/shared/formats.ts'

const planted = 'planted-value'
const digit = form(given => (typeof given === 'number' ? given : undefined), 'a number')
const numbers = jsonObject({ numbers: list(digit, 'a list of numbers') })

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

  test.each([
    ['{', 'a JSON object of numbers'],
    ['[1]', 'a JSON object of numbers'],
    ['null', 'a JSON object of numbers'],
    [planted, 'a JSON object of numbers'],
    ['{}', 'a JSON object whose numbers is a list of numbers'],
    [`{"numbers":"${planted}"}`, 'a JSON object whose numbers is a list of numbers'],
    [`{"numbers":[1,"${planted}"]}`, 'a JSON object whose numbers is a number'],
  ])('JSON of another form is refused, in the words of the field: %s', (value, expected) => {
    const message = messageOf(() => readEnv({ LIST: value }, { LIST: numbers }))
    expect(message).toContain(`LIST must be ${expected}.`)
    expect(message).not.toContain(planted)
  })

  test('is named also where one schema reads many variables', () => {
    expect(messageOf(() => readEach({ OF_A: '{"numbers":[1]}', OF_B: planted }, 'OF_', numbers))).toContain(
      'OF_B must be',
    )
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
    LIST: numbers,
  }
  const set = readEnv({ ID: id, KEY: id, HOURS: '0.5', LIST: '{"numbers":[1, 2],"other":3}' }, entries)
  expect({ ...set, KEY: set.KEY.reveal() }).toEqual({
    ID: id,
    KEY: id,
    HOURS: 0.5,
    DAYS: 90,
    LIST: { numbers: [1, 2] },
  })
})

test('every variable whose name begins so is read, but for an empty one', () => {
  const env = { OF_A: '{"numbers":[1]}', OF_B: '', OFF_C: planted, OF_D: '{"numbers":[2]}' }
  expect([...readEach(env, 'OF_', numbers)]).toEqual([
    ['OF_A', { numbers: [1] }],
    ['OF_D', { numbers: [2] }],
  ])
})
