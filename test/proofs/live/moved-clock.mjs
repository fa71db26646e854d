// Loaded into a function's process before its handler: its clock moves ahead when a request says so, never during a
// run, and waits through node:timers/promises are short. Only the wall clock moves, as after an instance was frozen.
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
  const [, given] = form.exec(request.url) ?? []
  if (given === undefined) return
  aheadMs = Math.max(aheadMs, Number(given))
  request.url = '/'
})

const { setTimeout: wait } = timers
timers.setTimeout = (milliseconds, ...rest) => wait(Math.min(milliseconds, 10), ...rest)
syncBuiltinESMExports()
