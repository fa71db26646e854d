import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { changedBy, type Mutation, mutated, root } from './mutation.ts'

/**
 * Bundles the scenarios with the functions' code, in which the mutation replaces its files, uses the bundle and deletes
 * it. The production code has no hook for this. Without a mutation the code is unchanged.
 */
export async function withBundle<Result>(
  mutation: Mutation | undefined,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  // Inside node_modules, where imports of packages resolve and nothing is checked in.
  const folder = new URL('node_modules/.cache/mutations/', root)
  await mkdir(folder, { recursive: true })
  const name = `${process.pid}-${mutation?.name.replaceAll(/\W+/g, '-') ?? 'none'}.mjs`
  const path = fileURLToPath(new URL(name, folder))
  try {
    await build({
      entryPoints: [fileURLToPath(new URL('entry.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile: path,
      logLevel: 'silent',
      plugins: mutation === undefined ? [] : [replacing(mutation)],
    })
    return await use(path)
  } finally {
    await rm(path, { force: true })
  }
}

function replacing(mutation: Mutation): Plugin {
  const changes = new Map(
    changedBy(mutation).map(changed => [fileURLToPath(new URL(`functions/${changed.file}`, root)), changed]),
  )
  return {
    name: 'mutation',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const changed = changes.get(path)
        return changed && { contents: await mutated(changed), loader: 'ts' }
      })
    },
  }
}
