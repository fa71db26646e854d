import { fileURLToPath } from 'node:url'
import { makePackage } from './build/package.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
console.log(`dist/package/SHA256SUMS\n${await makePackage({ root, outputFolder: `${root}dist` })}`.trimEnd())
