import { rm } from 'node:fs/promises'
import type { TestProject } from 'vitest/node'
import { prepareTemplate, type Template } from './template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    template: Template
  }
}

/** Makes the one template of a run and says which versions the proofs use, or why nothing can be proven here. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = await prepareTemplate()
  if (template.whyNot !== undefined && process.env.PROVIDER_REQUIRED === 'true')
    throw new Error(`The proofs must not be skipped here (PROVIDER_REQUIRED), but ${template.whyNot}.`)
  project.provide('template', template)
  process.stdout.write(
    template.whyNot === undefined
      ? `Proofs with ${template.versions}\n`
      : `All proofs are skipped, because ${template.whyNot}.\n`,
  )
  return async () => {
    if (template.folder !== undefined) await rm(template.folder, { recursive: true, force: true })
  }
}
