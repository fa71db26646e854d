// Loaded into a function's process to show that the soak finds a leak: every request leaks memory and a descriptor.
import { subscribe } from 'node:diagnostics_channel'
import { openSync } from 'node:fs'

const left = []
subscribe('http.server.request.start', () => left.push(Buffer.alloc(8_000_000, 1), openSync(process.execPath)))
