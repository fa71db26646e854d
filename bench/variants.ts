import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** One way of building the retrieval function: its entry, which modules are replaced, and its banner. */
export interface Variant {
  readonly name: string
  /** How many keys the deployment has (default: 1). */
  readonly keyCount?: number
  readonly entry?: string
  readonly replace?: Readonly<Record<string, string>>
  readonly banner?: string
}

/** What the function is measured against. */
export const bare: Variant = { name: 'bare node:https', entry: 'bench/variants/bare.ts' }

/** The function as it is built, with one key and with as many as a deployment may have. */
export const asBuilt: Variant = { name: 'as built, 1 key' }
export const asBuiltForMany: Variant = { name: 'as built, 40 keys', keyCount: 40 }

// Long names: the minifier gives short ones to what is bundled below.
const requireBanner =
  "import{createRequire as createBannerRequire}from'node:module';const require=createBannerRequire(import.meta.url);"

const readByValibot = { 'retrieval/config.ts': 'valibot-config.ts' }

/** The same function with one choice changed; with one key, unless it says otherwise. */
export const alternatives: readonly Variant[] = [
  { name: 'with a bare import of node:http', banner: "import*as bannerHttp from'node:http';" },
  { name: 'settings read by valibot, 1 key', replace: readByValibot },
  { name: 'settings read by valibot, 40 keys', keyCount: 40, replace: readByValibot },
  { name: 'with pino', replace: { 'retrieval/log.ts': 'pino-log.ts' }, banner: requireBanner },
  {
    name: 'with the built-in fetch',
    replace: { 'retrieval/scaleway/http-get.ts': 'fetch-get.ts', 'node:https': 'no-https.ts' },
  },
  {
    name: 'with a bundled undici',
    replace: { 'retrieval/scaleway/http-get.ts': 'undici-get.ts', 'node:https': 'no-https.ts' },
    banner: requireBanner,
  },
]

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles a variant as `npm run build` would, into `folder`; gives the path of the bundle and its size in bytes. */
export async function bundleVariant(variant: Variant, folder: string): Promise<{ path: string; sizeBytes: number }> {
  const { name, entry = 'functions/retrieval/handler.ts', replace = {}, banner = '' } = variant
  const path = `${folder}/${name.replaceAll(/\W+/g, '-')}.mjs`
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: banner },
    plugins: [replacing(replace)],
  })
  return { path, sizeBytes: Object.values(metafile.outputs)[0]?.bytes ?? 0 }
}

/** Only what `functions/` imports is replaced, so that a replacement may import the same modules itself. */
function replacing(replace: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'replacing',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, importer, resolveDir }) => {
        if (!importer.includes('/functions/')) return undefined
        const wanted = path.startsWith('.') ? fileURLToPath(new URL(path, `file://${resolveDir}/`)) : path
        const hit = Object.entries(replace).find(([module]) => wanted.endsWith(module))
        return hit && { path: `${root}bench/variants/${hit[1]}` }
      })
    },
  }
}
