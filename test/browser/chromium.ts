import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Finds the machine's Chromium: `CHROMIUM_PATH`, else the first of the usual names on the path. Undefined if there is none. */
export function findChromium({ CHROMIUM_PATH: given, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  const folders = PATH.split(delimiter)
  const candidates = given ? [given] : names.flatMap(name => folders.map(folder => join(folder, name)))
  return candidates.find(isExecutable)
}

/** Says how to get what `findChromium` did not find. */
export const howToGetChromium =
  'no Chromium was found. Install one (Debian and Ubuntu: apt-get install chromium), or name it in CHROMIUM_PATH'

/** Starts it without a window. */
export function launchChromium(executablePath: string): Promise<Browser> {
  // Its sandbox refuses to run as root, as containers do; it loads nothing but pages of this machine.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
