// Loaded into a function's process before its handler: its clock goes ahead when a request says so, never inside a run,
// and whoever waits through node:timers/promises waits for a moment. Only the wall clock moves, as when an instance was frozen.
import { subscribe } from 'node:diagnostics_channel'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'

const MachineDate = Date
let aheadMs = 0

globalThis.Date = class extends MachineDate {
  constructor(...args) {
    if (args.length > 0) super(...args)
    else super(MachineDate.now() + aheadMs)
  }

  static now() {
    return MachineDate.now() + aheadMs
  }
}

const form = /^\/\?ahead_ms=(\d+)$/

subscribe('http.server.request.start', ({ request }) => {
  const [, told] = form.exec(request.url) ?? []
  if (told === undefined) return
  aheadMs = Math.max(aheadMs, Number(told))
  request.url = '/'
})

const { setTimeout: wait } = timers
timers.setTimeout = (milliseconds, ...rest) => wait(Math.min(milliseconds, 10), ...rest)
syncBuiltinESMExports()
