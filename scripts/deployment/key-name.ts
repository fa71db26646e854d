import * as v from 'valibot'
import { keyNameForm, keyNamePattern } from '../../functions/shared/key-names.ts'

/** The name of a key, as a person or a function gives it. */
export const keyName = v.pipe(v.string(keyNameForm), v.regex(keyNamePattern, keyNameForm))
