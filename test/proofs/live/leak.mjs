// Loaded into a function's process to show that the soak sees a leak: every request leaves memory and a descriptor behind.
import { subscribe } from 'node:diagnostics_channel'
import { openSync } from 'node:fs'

const left = []
subscribe('http.server.request.start', () => left.push(Buffer.alloc(8_000_000, 1), openSync(process.execPath)))
