import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They have commands of their own: npm run test:proofs, npm run test:readings.
    exclude: [...configDefaults.exclude, 'test/proofs/**', 'test/readings/**'],
    // Files share their process, so the SDK and the sources are loaded once for each worker and not once for each file. What a
    // test changes around itself (clock, environment, output) it puts back before it ends.
    isolate: false,
    // Many tests wait for a process or a connection; by default one of two cores is left idle.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
