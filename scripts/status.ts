import { runCommand } from './cli/run-command.ts'
import { askStatus } from './status/ask.ts'
import { readStatusOptions, type StatusOptions, statusHelp } from './status/options.ts'
import { wantsColours } from './status/paint.ts'
import { printableJson } from './status/printable.ts'
import { renderStatus } from './status/render.ts'
import { renderSeveral } from './status/render-several.ts'
import type { Status, StatusOfSeveral } from './status/status.ts'
import { findTarget } from './status/target.ts'

await runCommand({ help: statusHelp, readOptions: readStatusOptions, run: showStatus })

async function showStatus(options: StatusOptions): Promise<number> {
  const { TOKEN: token, SEND_CALLER_KEY: sendCallerKey } = process.env
  const target = await findTarget(options.from, { token, sendCallerKey })
  const { status, body, isHealthy } = await askStatus(target, { ...options, say: sentence => console.error(sentence) })
  console.log(options.json ? printableJson(body) : rendered(status, options))
  return isHealthy ? 0 : 1
}

function rendered(status: Status | StatusOfSeveral, { key, all }: StatusOptions): string {
  return 'keys' in status ? renderSeveral(status, shown(), { all }) : renderStatus(status, shown(), key)
}

function shown() {
  const { isTTY = false, columns } = process.stdout
  // A terminal that does not know its width reports 0.
  return { now: new Date(), width: columns || 80, colours: wantsColours({ isTTY, noColor: process.env.NO_COLOR }) }
}
