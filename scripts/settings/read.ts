import { readFileSync } from 'node:fs'
import { environmentVariables } from './environment.ts'
import { type SettingsPage, settingsPage } from './page.ts'
import { readConditions, readOutputs, readSections, readSetVariables } from './terraform.ts'

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

/** Reads all settings where they are declared. */
export function readSettings(): SettingsPage {
  return {
    sections: ['provider.tf', 'variables.tf'].flatMap(file => readSections(read(file))),
    conditions: readConditions(read('main.tf')),
    outputs: readOutputs(read('outputs.tf')),
    environment: environmentVariables(),
    set: readSetVariables(read('main.tf')),
  }
}

/** What docs/settings.md must be. */
export function currentPage(): string {
  return settingsPage(readSettings())
}
