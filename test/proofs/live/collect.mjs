// Loaded into a function's process before its handler: SIGUSR2 collects its garbage and gives free pages back. How much of it V8
// leaves lying about depends on the memory of the machine and on what else goes on there, and would hide a leak or look like one.
import v8 from 'node:v8'
import vm from 'node:vm'

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc')

process.on('SIGUSR2', () => {
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  process.stdout.write('garbage collected\n')
})
