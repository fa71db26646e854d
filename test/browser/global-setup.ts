import type { TestProject } from 'vitest/node'
import { findChromium, howToGetChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Empty if the machine has none: the tests are skipped then. */
    chromiumPath: string
  }
}

/** Finds the browser once for all tests, or says why they are skipped and how to get one. */
export function setup(project: TestProject): void {
  const path = findChromium(process.env)
  project.provide('chromiumPath', path ?? '')
  process.stdout.write(
    path === undefined ? `All tests in the browser are skipped: ${howToGetChromium}.\n` : `In the browser ${path}\n`,
  )
}
