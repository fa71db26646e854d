import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for a process or a connection; by default one of two cores is left idle.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
