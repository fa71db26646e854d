import { writeFileSync } from 'node:fs'
import { currentPage } from './settings/read.ts'

const page = new URL('../docs/settings.md', import.meta.url)
writeFileSync(page, currentPage())
console.log('docs/settings.md is written.')
