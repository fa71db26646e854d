import { describe, inject } from 'vitest'

const template = inject('template')

/** Groups proofs with the real provider; without it they are skipped, and the run says why. */
export const proofs = describe.runIf(template.whyNot === undefined)

/** The initialised module with its build. Call it only inside a proof. */
export function templateFolder(): string {
  if (template.folder === undefined) throw new Error(template.whyNot)
  return template.folder
}
