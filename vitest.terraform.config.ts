import { defineConfig } from 'vitest/config'

/** The proofs with the real provider (`npm run test:terraform`): minutes, not seconds, so apart from `npm test`. */
export default defineConfig({
  test: {
    include: ['test/**/*.provider.ts'],
    globalSetup: ['test/terraform/global-setup.ts'],
    // Each Terraform keeps a core busy, and its function processes wait on it.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
