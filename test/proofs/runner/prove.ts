import { runCommand } from '../../../scripts/cli/run-command.ts'
import { proofs } from '../all.ts'
import { proveHelp, readProveOptions } from './options.ts'
import { WorkerPool } from './pool.ts'
import { prove } from './run-prove.ts'

const pool = new WorkerPool()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    pool.kill()
    process.exit(130)
  })
}

const names = proofs.map(({ name }) => name)
await runCommand({
  help: proveHelp,
  readOptions: args => readProveOptions(args, names),
  run: options => prove(options, { pool, folder: process.cwd(), print: text => console.log(text) }),
})
