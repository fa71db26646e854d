// Loaded into a process before its own code: its time is that of the page's clock. Until the parent takes over, that is the
// machine's. From then on it stands still but for the parent's word: waits of node:timers/promises pass in it, while limits
// (the global setTimeout, AbortSignal.timeout, sockets) stay real. The parent is told when nothing is at work here.
import { subscribe } from 'node:diagnostics_channel'
import { syncBuiltinESMExports } from 'node:module'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import timers from 'node:timers/promises'

const { CLOCK_PORT, CLOCK_TOKEN, CLOCK_NAME, CLOCK_SEED } = process.env
// What is started from here, and what reads its whole environment, is as without a clock.
for (const name of ['CLOCK_PORT', 'CLOCK_TOKEN', 'CLOCK_NAME', 'CLOCK_SEED', 'NODE_OPTIONS']) delete process.env[name]

const MachineDate = Date
const machineSteady = performance.now.bind(performance)
const machineUptime = process.uptime.bind(process)
const machineWait = timers.setTimeout

/** The logical time, and what the clocks said when it began; undefined before. */
let logical
/** Waits in progress, in the order in which they began. */
const waits = new Set()
/** Requests that were sent, or came, and have no answer yet. */
const outgoing = new Set()
const inside = new Set()
/** Requests that ever began or ended. */
let moves = 0

const nowMs = () => logical?.nowMs ?? MachineDate.now()
const passedMs = () => logical.nowMs - logical.sinceMs

function takeOver(atMs) {
  logical = { nowMs: atMs, sinceMs: atMs, steadyMs: machineSteady(), uptimeSeconds: machineUptime() }
  const aheadMs = atMs - MachineDate.now()
  for (const wait of waits) {
    wait.dueMs += aheadMs
    wait.leaveMachine()
  }
}

globalThis.Date = class extends MachineDate {
  constructor(...args) {
    if (args.length > 0) super(...args)
    else super(nowMs())
  }

  static now() {
    return nowMs()
  }
}
performance.now = () => (logical === undefined ? machineSteady() : logical.steadyMs + passedMs())
process.uptime = () => (logical === undefined ? machineUptime() : logical.uptimeSeconds + passedMs() / 1000)
Math.random = seeded(Number(CLOCK_SEED))

timers.setTimeout = (milliseconds = 1, value = undefined, { signal, ref } = {}) =>
  new Promise((resolve, reject) => {
    const aborted = () => reject(Object.assign(new Error('The operation was aborted'), { name: 'AbortError' }))
    if (signal?.aborted) return aborted()
    const machine = new AbortController()
    const settleWith = how => () => {
      if (!waits.delete(wait)) return
      machine.abort()
      signal?.removeEventListener('abort', abort)
      how()
      look()
    }
    const abort = settleWith(aborted)
    const wait = {
      dueMs: nowMs() + Math.max(1, Math.ceil(milliseconds)),
      end: settleWith(() => resolve(value)),
      leaveMachine: () => machine.abort(),
    }
    waits.add(wait)
    signal?.addEventListener('abort', abort, { once: true })
    if (logical !== undefined) return look()
    machineWait(milliseconds, undefined, { signal: machine.signal, ref }).then(wait.end, () => undefined)
  })
syncBuiltinESMExports()

const begins = request => void outgoing.add(request) || moved()
const ends = request => void outgoing.delete(request) || moved()
// Undici and Node's fetch speak on the first three, node:http on the others.
subscribe('undici:request:create', ({ request }) => begins(request))
subscribe('undici:request:trailers', ({ request }) => ends(request))
subscribe('undici:request:error', ({ request }) => ends(request))
subscribe('http.client.request.start', ({ request }) => begins(request))
subscribe('http.client.response.finish', ({ request }) => ends(request))
subscribe('http.client.request.error', ({ request }) => ends(request))
subscribe('http.server.request.start', ({ request, response }) => {
  inside.add(request)
  moved()
  response.once('close', () => {
    inside.delete(request)
    moved()
  })
})

function moved() {
  moves += 1
  look()
}

/** A call that is inside and waits is quiet: only the parent's word goes on with it. */
const isQuiet = () => outgoing.size === 0 && (inside.size === 0 || waits.size > 0)

/** The question that is answered once all is quiet; and whether a look is under way. */
let asked
let isLooking = false

/** So many turns of the event loop without a request that begins or ends count as rest: what a request leads to is done then. */
const restfulTurns = 4

/** Answers the question when nothing is at work. */
function look() {
  if (asked === undefined || isLooking || !isQuiet()) return
  isLooking = true
  const seen = moves
  const check = turnsLeft => {
    if (isQuiet() && moves === seen && turnsLeft > 0) return setImmediate(check, turnsLeft - 1)
    isLooking = false
    if (isQuiet() && moves === seen) answer()
    else look()
  }
  setImmediate(check, restfulTurns - 1)
}

function answer() {
  const dueMs = Math.min(...Array.from(waits, wait => wait.dueMs))
  parent.write(`${asked} ${inside.size} ${waits.size === 0 ? '-' : dueMs}\n`)
  asked = undefined
}

/** What the parent may say; each is answered once. */
const words = {
  /** From here on the time is logical. */
  take: atMs => {
    takeOver(atMs)
    answer()
  },
  time: atMs => {
    logical.nowMs = atMs
    answer()
  },
  wake: atMs => {
    logical.nowMs = atMs
    const due = Array.from(waits).filter(({ dueMs }) => dueMs <= logical.nowMs)
    for (const wait of due.sort((a, b) => a.dueMs - b.dueMs)) wait.end()
    look()
  },
  look,
}

const parent = connect(Number(CLOCK_PORT), '127.0.0.1').setNoDelay(true)
parent.write(`${CLOCK_TOKEN} ${CLOCK_NAME}\n`)
// The local Scaleway's host ends its process itself, and removes its files; the application has nothing to end it.
parent.once('close', () => {
  if (process.channel === undefined) process.exit(0)
})
await new Promise((resolve, reject) => {
  parent.once('error', reject)
  createInterface({ input: parent }).on('line', line => {
    const [number, word, atMs] = line.split(' ')
    asked = number
    words[word](Number(atMs))
    resolve()
  })
})

/** A small generator of numbers in [0, 1), so that jitter is the same in every run (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
