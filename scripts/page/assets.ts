import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { asHtml, documentAt } from './world/links.ts'

/** A file of the page. */
export interface Asset {
  readonly type: string
  readonly content: string
  /** True: a person may come to it from anywhere. */
  readonly isDocument: boolean
}

const html = 'text/html; charset=utf-8'
const files: Readonly<Record<string, () => Promise<Asset>>> = {
  '/': async () => ({ type: html, content: await viewFile('index.html'), isDocument: true }),
  '/style.css': async () => ({
    type: 'text/css; charset=utf-8',
    content: await bundled('style.css'),
    isDocument: false,
  }),
  '/page.js': async () => ({
    type: 'text/javascript; charset=utf-8',
    content: await bundled('main.ts'),
    isDocument: false,
  }),
}

/** Gives the file at a path: the page, its style, its script, or a document that explains codes. Undefined for any other. */
export async function assetAt(path: string): Promise<Asset | undefined> {
  if (Object.hasOwn(files, path)) return files[path]?.()
  const text = documentAt(path)
  return text === undefined ? undefined : { type: html, content: asHtml(text), isDocument: true }
}

function viewFile(name: string): Promise<string> {
  return readFile(new URL(`./view/${name}`, import.meta.url), 'utf8')
}

const bundles = new Map<string, Promise<string>>()

/** Bundles a file of the page when it is first asked for: whoever does not open the page does not wait for it. */
function bundled(name: string): Promise<string> {
  const begun = bundles.get(name) ?? bundle(name)
  bundles.set(name, begun)
  return begun
}

async function bundle(name: string): Promise<string> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./view/${name}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    // Those that know light-dark() and nested styles.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    charset: 'utf8',
    legalComments: 'none',
  })
  // The templates are indented for who reads them.
  return (outputFiles[0]?.text ?? '').replaceAll(/\n\s+/g, ' ')
}
