import { defineConfig } from 'vitest/config'

/**
 * The tests of the proofs (`npm run test:proofs`): that each proof runs, and fails when what it looks for is there. They
 * start processes and simulate for a minute or two, so apart from `npm test`.
 */
export default defineConfig({
  test: {
    include: ['test/proofs/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
