import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config'

type Suite = NonNullable<ViteUserConfig['test']>

/** What has a command of its own, by its mode: `npm run test:proofs` is `vitest run --mode proofs`. */
const suites: Readonly<Record<string, Suite>> = {
  /** Commands, examples, the page's world and the runbook, as a person starts them: each test starts processes. */
  commands: {
    include: ['commands', 'examples', 'page', 'runbook'].map(folder => `test/${folder}/**/*.test.ts`),
    isolate: false,
    // They wait for their processes; by default one of two cores is left idle.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
  /** A life of a deployment under every reading of what is not known of Scaleway. */
  readings: {
    include: ['test/readings/**/*.test.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
  /** That each proof runs, and fails when what it looks for is there. */
  proofs: {
    include: ['test/proofs/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
  /** The page in a real browser: each file runs a deployment of its own, and a clock that runs a year keeps a core busy. */
  browser: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/browser/global-setup.ts'],
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
  /** With the real provider. */
  terraform: {
    include: ['test/**/*.provider.ts'],
    globalSetup: ['test/terraform/global-setup.ts'],
    // Each Terraform keeps a core busy, and its function processes wait on it.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
}

/** `npm test`: everything else. */
const quick: Suite = {
  include: ['test/**/*.test.ts'],
  exclude: [...configDefaults.exclude, ...Object.values(suites).flatMap(({ include = [] }) => include)],
  // Files share their process, so the SDK and the sources are loaded once for each worker and not once for each file. What a
  // test changes around itself (clock, environment, output) it puts back before it ends.
  isolate: false,
  // Many tests wait for a process or a connection.
  maxWorkers: 3,
  testTimeout: 20_000,
  hookTimeout: 20_000,
}

export default defineConfig(({ mode }) => ({ test: suites[mode] ?? quick }))
