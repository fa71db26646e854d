import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** A process that has the clock's module: it says what it does, and takes the time. */
export interface ClockedProcess {
  readonly name: string
  /** How many requests came and are not answered. */
  readonly inside: number
  /** When the earliest of its waits ends; undefined while it has none. */
  readonly dueMs: number | undefined
  /** Says a word, and resolves with the answer: for `wake` and `look` once nothing is at work there, or it has ended. */
  say(word: 'take' | 'time' | 'wake' | 'look', atMs?: number): Promise<void>
}

/** The processes on the clock. */
export interface ClockedProcesses {
  /** In the order of their names. */
  all(): readonly ClockedProcess[]
  /** The variables with which a process finds the clock. The seed is of its random numbers. */
  environment(name: string, seed: number): Record<string, string>
  close(): Promise<void>
}

const preload = new URL('./preload.mjs', import.meta.url)

/** Waits for processes, each of which is greeted before its own code runs. */
export async function listenForProcesses(greet: (process: ClockedProcess) => Promise<void>): Promise<ClockedProcesses> {
  const token = randomUUID()
  const sockets = new Map<Socket, ClockedProcess>()
  let all: readonly ClockedProcess[] = []
  const changed = () => {
    all = [...sockets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  const server = createServer(socket => {
    socket.setNoDelay(true).on('error', () => socket.destroy())
    const lines = createInterface({ input: socket })
    lines.once('line', (hello: string) => {
      const [given, name = ''] = hello.split(' ')
      if (given !== token) return void socket.destroy()
      const process = clockedProcess({ socket, lines, name })
      sockets.set(socket, process)
      socket.once('close', () => {
        sockets.delete(socket)
        changed()
      })
      changed()
      void greet(process)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    all: () => all,
    environment: (name, seed) => ({
      NODE_OPTIONS: `--import=${preload}`,
      CLOCK_PORT: String(port),
      CLOCK_TOKEN: token,
      CLOCK_NAME: name,
      CLOCK_SEED: String(seed),
    }),
    async close() {
      for (const socket of sockets.keys()) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

interface Connection {
  readonly socket: Socket
  readonly lines: ReturnType<typeof createInterface>
  readonly name: string
}

function clockedProcess({ socket, lines, name }: Connection): ClockedProcess {
  const told: { inside: number; dueMs: number | undefined } = { inside: 0, dueMs: undefined }
  const waiting = new Map<number, () => void>()
  let last = 0
  lines.on('line', line => {
    const [number = '', inside, due = '-'] = line.split(' ')
    Object.assign(told, { inside: Number(inside), dueMs: due === '-' ? undefined : Number(due) })
    waiting.get(Number(number))?.()
    waiting.delete(Number(number))
  })
  socket.once('close', () => {
    for (const resolve of waiting.values()) resolve()
  })
  return {
    name,
    get inside() {
      return told.inside
    },
    get dueMs() {
      return told.dueMs
    },
    say: (word, atMs) =>
      new Promise(resolve => {
        if (socket.destroyed) return resolve()
        last += 1
        waiting.set(last, resolve)
        socket.write(`${last} ${word} ${atMs ?? '-'}\n`)
      }),
  }
}
