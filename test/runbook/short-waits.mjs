// Loaded into a function's process before its handler: a wait of a minute or more takes 10 ms.
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'

const { setTimeout: wait } = timers
timers.setTimeout = (milliseconds, ...rest) => wait(milliseconds >= 60_000 ? 10 : milliseconds, ...rest)
syncBuiltinESMExports()
