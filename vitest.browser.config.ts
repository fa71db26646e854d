import { defineConfig } from 'vitest/config'

/** The page in a real browser (`npm run test:browser`): minutes, and it needs a Chromium, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/browser/global-setup.ts'],
    // Each file runs a deployment and a browser of its own; a clock that runs a year keeps a core busy.
    maxWorkers: 1,
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
  },
})
