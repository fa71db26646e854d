import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { buildFunctions } from '../../scripts/build/bundle.ts'
import { type Ran, terraform } from './command.ts'

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The module, built and initialised, to be copied; or why there is none. */
export type Template =
  | { readonly folder: string; readonly versions: string; readonly whyNot?: undefined }
  | { readonly folder?: undefined; readonly versions?: undefined; readonly whyNot: string }

/**
 * Copies the module into a temporary folder, initialises it with the provider that Terraform finds and builds the functions
 * into it. One `init` serves a whole run. The folder is the caller's to remove.
 * @throws when `init` fails for another reason than a missing Terraform or provider
 */
export async function prepareTemplate(): Promise<Template> {
  const folder = await mkdtemp(join(tmpdir(), 'terraform-proof-'))
  await copyModule(folder)
  const initialised = await terraform(folder, ['init', '-no-color', `-test-directory=${testFolder}`])
  if (initialised.code !== 0) {
    await rm(folder, { recursive: true, force: true })
    return { whyNot: reasonOf(initialised) }
  }
  await buildFunctions({ root, outputFolder: join(folder, 'dist') })
  return { folder, versions: await versionsIn(folder) }
}

/** Where the module's own tests are, seen from its folder. */
export const testFolder = 'test/terraform'

/** Copies the files of the module and its own tests, without a build and without files that Terraform keeps. */
async function copyModule(folder: string): Promise<void> {
  await mkdir(join(folder, testFolder), { recursive: true })
  const parts = [
    ['.', '.tf'],
    [testFolder, '.tftest.hcl'],
  ] as const
  for (const [from, ending] of parts) {
    const names = (await readdir(join(root, from))).filter(name => name.endsWith(ending))
    await Promise.all(names.map(name => cp(join(root, from, name), join(folder, from, name))))
  }
}

// Only these are reasons to skip the proofs. Any other error is a broken module, which must not look like a missing
// provider.
const nothingToProveWith =
  /Failed to (query available provider packages|install provider)|Unsupported Terraform Core version/

function reasonOf({ code, stdout, stderr }: Ran): string {
  if (code === null) return 'there is no terraform on the PATH'
  const [found] = nothingToProveWith.exec(stderr) ?? []
  if (found === undefined) throw new Error(`terraform init ended with ${code}:\n${stdout}\n${stderr}`)
  return `terraform init says "${found}"`
}

const versionsForm = v.object({
  terraform_version: v.string(),
  provider_selections: v.record(v.string(), v.string()),
})

async function versionsIn(folder: string): Promise<string> {
  const { stdout } = await terraform(folder, ['version', '-json'])
  const { terraform_version, provider_selections } = v.parse(versionsForm, JSON.parse(stdout))
  const providers = Object.entries(provider_selections).map(([name, version]) => `${name} ${version}`)
  return [`Terraform ${terraform_version}`, ...providers].join(', ')
}
