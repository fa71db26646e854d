import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'

/** What the functions may contain: licences that ask for no more than their text. */
const expectedLicences = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

const manifestForm = v.object({ name: v.string(), version: v.string(), license: v.picklist(expectedLicences) })

/**
 * Gives the text of THIRD-PARTY-NOTICES: each package with its version, licence and the licence's text. Equal texts stand
 * there once.
 * Takes the project's folder and the bundled source files, as paths from there.
 * @throws for a package whose licence is missing or not one of the expected
 */
export async function thirdPartyNotices(root: string, sources: readonly string[]): Promise<string> {
  const titlesByText = new Map<string, string[]>()
  for (const [folder, own] of byPackage(sources)) {
    const text = await licenceText(root, folder, own)
    titlesByText.set(text, [...(titlesByText.get(text) ?? []), await titleOf(root, folder)])
  }
  for (const { title, isIn, text } of withoutPackage) {
    if (sources.some(source => source.includes(isIn))) titlesByText.set(await text(), [title])
  }
  const groups = Array.from(titlesByText, ([text, titles]) => `${titles.join('\n')}\n\n${text}\n`)
  if (groups.length === 0) return 'There is no third-party software in handler.js.\n'
  return [head, ...groups].join(`\n${'='.repeat(80)}\n\n`)
}

/** What is bundled and comes as part of a package that does not say its licence. */
const withoutPackage = [
  {
    title: 'llhttp, compiled to WebAssembly in undici (MIT)',
    isIn: 'node_modules/undici/lib/llhttp/',
    text: async () => tidy(await readFile(new URL('llhttp-licence.txt', import.meta.url), 'utf8')),
  },
]

const head = 'Third-party software in handler.js. Below each group of packages is the licence of all of them.\n'

/** The sources of each package's folder, in the same order on every machine. */
function byPackage(sources: readonly string[]): Map<string, string[]> {
  const packages = new Map<string, string[]>()
  for (const source of [...sources].sort()) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0]
    if (folder !== undefined) packages.set(folder, [...(packages.get(folder) ?? []), source])
  }
  return packages
}

async function titleOf(root: string, folder: string): Promise<string> {
  const manifest = v.safeParse(manifestForm, JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')))
  if (manifest.success) return `${manifest.output.name} ${manifest.output.version} (${manifest.output.license})`
  throw new Error(
    `${folder} must have one of the licences ${expectedLicences.join(', ')} in its package.json. ${remedy}`,
  )
}

/** The licence of the package, and of the parts of it that have one of their own. */
async function licenceText(root: string, packageFolder: string, sources: readonly string[]): Promise<string> {
  const folders = new Set([packageFolder])
  for (const source of sources) {
    for (let folder = dirname(source); folder.length > packageFolder.length; folder = dirname(folder))
      folders.add(folder)
  }
  const files: string[] = []
  for (const folder of [...folders].sort()) files.push(...(await licenceFiles(join(root, folder))))
  if (files.length === 0) throw new Error(`${packageFolder} has no file with its licence. ${remedy}`)
  const texts = await Promise.all(files.map(file => readFile(file, 'utf8')))
  return texts.map(tidy).join('\n\n')
}

async function licenceFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter(name => /^(licen[cs]e|copying|notice)(\.|$)/i.test(name))
  return names.sort().map(name => join(folder, name))
}

function tidy(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}

const remedy =
  'It is part of a function that you upload: read its terms, then replace it or add them to scripts/build/notices.ts.'
