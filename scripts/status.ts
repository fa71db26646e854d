import { CannotProceedError } from './cli/cannot-proceed.ts'
import { askStatus } from './status/ask.ts'
import { readStatusOptions, statusHelp } from './status/options.ts'
import { wantsColours } from './status/paint.ts'
import { printableJson } from './status/printable.ts'
import { renderStatus } from './status/render.ts'
import { findTarget } from './status/target.ts'

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof CannotProceedError)) throw error
  console.error(error.message)
  return 2
})

async function main(): Promise<number> {
  const options = readStatusOptions(process.argv.slice(2))
  if (options.help) {
    console.log(statusHelp)
    return 0
  }
  const target = await findTarget(options.from, process.env.TOKEN)
  const { status, body, isHealthy } = await askStatus(target, options)
  console.log(options.json ? printableJson(body) : renderStatus(status, shown()))
  return isHealthy ? 0 : 1
}

function shown() {
  const { isTTY = false, columns } = process.stdout
  // A terminal that does not know its width says 0.
  return { now: new Date(), width: columns || 80, colours: wantsColours({ isTTY, noColor: process.env.NO_COLOR }) }
}
