import { onTestFinished } from 'vitest'
import type { AtEnd } from './deployment.ts'

/** Ends something with the test that is running. */
export const atEnd: AtEnd = end => onTestFinished(async () => void (await end()))
