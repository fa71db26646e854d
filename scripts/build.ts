import { fileURLToPath } from 'node:url'
import { buildFunctions } from './build/bundle.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
for (const { name, zipBytes } of await buildFunctions({ root, outputFolder: `${root}dist` })) {
  console.log(`dist/${name}.zip  ${zipBytes} bytes`)
}
