import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'
import * as v from 'valibot'
import { thirdPartyNotices } from './notices.ts'
import { zip } from './zip.ts'

/** The functions, each built from `functions/<name>/handler.ts`. The platform calls its export `handle`. */
export const functionNames = ['rotation', 'retrieval'] as const

/** One built function: the zip to upload and its size. */
export interface BuiltFunction {
  readonly name: (typeof functionNames)[number]
  readonly zipPath: string
  readonly zipBytes: number
}

/**
 * Bundles both functions and writes `<outputFolder>/<name>.zip` and, for reading, `<outputFolder>/<name>/`.
 * The same sources give the same bytes on every machine, in every time zone and on every Node version: Terraform
 * redeploys when the zip's hash changes (docs/scaleway.md#zip-hash).
 * Takes the project's folder and the folder to write to.
 */
export async function buildFunctions({ root, outputFolder }: { root: string; outputFolder: string }) {
  return Promise.all(functionNames.map(name => buildFunction({ name, root, outputFolder })))
}

async function buildFunction({ name, root, outputFolder }: Pick<BuiltFunction, 'name'> & BuildFolders) {
  const { code, sources } = await bundle({ name, root })
  const files = {
    'handler.js': code,
    // Without an explicit type the platform's default is unclear (docs/scaleway.md#handlers).
    'package.json': new TextEncoder().encode('{"type":"module"}\n'),
    'THIRD-PARTY-NOTICES': new TextEncoder().encode(await thirdPartyNotices(root, sources)),
  }
  const folder = `${outputFolder}/${name}`
  await mkdir(folder, { recursive: true })
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(`${folder}/${file}`, content)))
  const zipped = zip(files)
  const zipPath = `${outputFolder}/${name}.zip`
  await writeFile(zipPath, zipped)
  return { name, zipPath, zipBytes: zipped.byteLength } satisfies BuiltFunction
}

interface BuildFolders {
  readonly root: string
  readonly outputFolder: string
}

/** The bundle's bytes and the source files, as paths from the project's folder, of which it holds any. */
interface Bundle {
  readonly code: Uint8Array
  readonly sources: readonly string[]
}

async function bundle({ name, root }: { name: string; root: string }): Promise<Bundle> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${name}/handler.ts`],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    // The functions run on Node 24; the tests run these same bytes on the oldest Node that may build them.
    target: 'node20.19',
    charset: 'utf8',
    legalComments: 'none',
    define: { VERSION: JSON.stringify(await versionOf(root)) },
    plugins: [scalewayWithoutSideEffects],
    // Bundled CommonJS packages load Node's own modules with `require`.
    banner: name === 'rotation' ? { js: requireBanner } : {},
  })
  const [output] = result.outputFiles
  if (output === undefined) throw new Error(`esbuild gave no output for ${name}`)
  const used = Object.values(result.metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  return { code: output.contents, sources: used.map(([path]) => path) }
}

const manifestForm = v.object({ version: v.string() })

/** The one place of the version is package.json. */
async function versionOf(root: string): Promise<string> {
  return v.parse(manifestForm, JSON.parse(await readFile(`${root}/package.json`, 'utf8'))).version
}

// The minifier does not see the banner: it may use a short name from here for something else.
const requireBanner =
  "import{createRequire as createBannerRequire}from'node:module';const require=createBannerRequire(import.meta.url);"

/** The SDK's packages do not declare that they have no side effects. Without this all 36 products are bundled. */
const scalewayWithoutSideEffects: Plugin = {
  name: 'scaleway-without-side-effects',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@scaleway\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved') return undefined
      const resolved = await resolve(path, { ...options, pluginData: 'resolved' })
      return { ...resolved, sideEffects: false }
    })
  },
}
