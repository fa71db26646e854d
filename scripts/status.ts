import { once } from 'node:events'
import { runCommand } from './cli/run-command.ts'
import { stopSignal } from './cli/stop-signal.ts'
import { DeploymentWatch } from './page/deployment/watch.ts'
import { servePage } from './page/server.ts'
import { askStatus } from './status/ask.ts'
import { readStatusOptions, type StatusOptions, statusHelp } from './status/options.ts'
import { wantsColours } from './status/paint.ts'
import { printableJson } from './status/printable.ts'
import { renderStatus } from './status/render.ts'
import { renderSeveral } from './status/render-several.ts'
import type { Status, StatusOfSeveral } from './status/status.ts'
import { findTarget, type Target } from './status/target.ts'

await runCommand({ help: statusHelp, readOptions: readStatusOptions, run: showStatus })

async function showStatus(options: StatusOptions): Promise<number> {
  const { TOKEN: token, SEND_CALLER_KEY: sendCallerKey } = process.env
  const target = await findTarget(options.from, { token, sendCallerKey })
  if (options.page) return showPage(target, options)
  const { status, body, isHealthy } = await askStatus(target, { ...options, say: sentence => console.error(sentence) })
  console.log(options.json ? printableJson(body) : rendered(status, options))
  return isHealthy ? 0 : 1
}

/** Serves the status as a page until this is interrupted. */
async function showPage(target: Target, { key, waitSeconds }: StatusOptions): Promise<number> {
  const stop = stopSignal()
  const ask = () =>
    askStatus(target, { key, waitSeconds, say: sentence => console.error(sentence) }).then(({ status }) => status)
  const watch = await DeploymentWatch.start({ ask, name: key ?? 'default' })
  const page = await servePage(watch)
  console.log(
    `The status as a page, on this machine only, until Ctrl-C. Whoever has the address can read it:\n  ${page.url}`,
  )
  if (!stop.aborted) await once(stop, 'abort')
  watch.close()
  await page.close()
  // A request that still waits for its answer would keep the process.
  return process.exit(0)
}

function rendered(status: Status | StatusOfSeveral, { key, all }: StatusOptions): string {
  return 'keys' in status ? renderSeveral(status, shown(), { all }) : renderStatus(status, shown(), key)
}

function shown() {
  const { isTTY = false, columns } = process.stdout
  // A terminal that does not know its width reports 0.
  return { now: new Date(), width: columns || 80, colours: wantsColours({ isTTY, noColor: process.env.NO_COLOR }) }
}
