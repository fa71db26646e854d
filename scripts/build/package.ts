import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFunctions } from './bundle.ts'
import { zip } from './zip.ts'

/**
 * What the module is made of besides the built functions. Named one by one: `provider.tf` belongs to a deployment, and a folder
 * that is deployed from has files of its own (a backend, moved blocks).
 */
const moduleFiles = ['LICENSE', 'main.tf', 'outputs.tf', 'variables.tf', 'versions.tf']

/**
 * Builds both functions into a folder, and writes into `package` below it what a release is: their zips, the Terraform module
 * with both inside, and SHA256SUMS. The same sources give the same bytes on every machine. Takes the project's folder and the
 * folder to write to, and gives the text of SHA256SUMS.
 */
export async function makePackage({ root, outputFolder }: { root: string; outputFolder: string }): Promise<string> {
  const built = await buildFunctions({ root, outputFolder })
  const functions = await Promise.all(
    built.map(async ({ name, zipPath }) => [`${name}.zip`, await readFile(zipPath)] as const),
  )
  const texts = await Promise.all(moduleFiles.map(async file => [file, await readText(join(root, file))] as const))
  // Below dist/, where main.tf looks for them in a clone as well.
  const inModule = functions.map(([file, bytes]) => [`dist/${file}`, bytes] as const)
  const released = [...functions, ['module.zip', zip(Object.fromEntries([...texts, ...inModule]))] as const]
  const sums = released
    .map(([file, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`)
    .join('')
  const folder = join(outputFolder, 'package')
  await mkdir(folder, { recursive: true })
  for (const [file, content] of [...released, ['SHA256SUMS', sums] as const])
    await writeFile(join(folder, file), content)
  return sums
}

/** A clone may have other line ends. */
async function readText(path: string): Promise<Uint8Array> {
  return new TextEncoder().encode((await readFile(path, 'utf8')).replaceAll('\r\n', '\n'))
}
