// Loaded into a function's process before its handler: SIGUSR2 collects its garbage and prints the bytes in use then.
// How much garbage V8 keeps depends on the machine and its other load: it would hide a leak, or look like one.
import { setImmediate as turn } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')
// Only the next collection frees what a finalizer releases.
const rounds = 6

process.on('SIGUSR2', async () => {
  for (let round = 0; round < rounds; round++) {
    collect()
    await turn()
  }
  const { heapUsed, external } = process.memoryUsage()
  process.stdout.write(`garbage collected, bytes in use: ${heapUsed + external}\n`)
})
