import { defineConfig } from 'vitest/config'

/**
 * The life of a deployment under every reading of what is not known of Scaleway (`npm run test:readings`): half a minute, so
 * apart from `npm test`.
 */
export default defineConfig({
  test: {
    include: ['test/readings/**/*.test.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
