import { join } from 'node:path'

const own = /^(SCW_|SCALEWAY_|TF_)/
// These name a person's provider mirror; all other settings of theirs would change what is proven.
const kept = new Set(['TF_CLI_CONFIG_FILE', 'TF_PLUGIN_CACHE_DIR'])

/**
 * Gives the environment of a Terraform run: this one without Scaleway's variables (the legacy ones count as well,
 * docs/scaleway.md#provider-settings) and without all that configures Terraform. The config file of `scw` is one that is
 * missing.
 */
export function terraformEnv(folder: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name) || kept.has(name))
  return {
    ...Object.fromEntries(inherited),
    SCW_CONFIG_PATH: join(folder, 'no-such-config.yaml'),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    ...extra,
  }
}
