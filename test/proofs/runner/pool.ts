import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Outcome, Piece } from '../harness/proof.ts'

/** One piece of one proof. */
export interface Task {
  readonly proof: string
  readonly piece: Piece
}

/** What a process says about its task: the outcome, or what stopped it. */
export type Told = { readonly outcome: Outcome } | { readonly failure: string }

// Garbage of lives is short-lived: with room for the young, a sixth of the time is saved.
const execArgv = ['--import', 'tsx', '--max-semi-space-size=64']

/** Some processes that live pieces of proofs. */
export class Crew {
  readonly #processes = new Set<ChildProcess>()

  /**
   * Lives all tasks, as many at a time as there are workers. What comes of each is told as it comes. A process that dies
   * over its task is replaced, and its death is what came of the task.
   */
  async live(tasks: readonly Task[], { workers, told }: { workers: number; told: Telling }): Promise<void> {
    const queue = tasks.values()
    const count = Math.min(workers, tasks.length)
    await Promise.all(Array.from({ length: count }, () => this.#work(queue, told)))
  }

  /** Ends all processes. */
  end(): void {
    for (const child of this.#processes) child.kill('SIGKILL')
  }

  async #work(queue: Iterator<Task>, told: Telling): Promise<void> {
    let child: ChildProcess | undefined
    for (let next = queue.next(); !next.done; next = queue.next()) {
      if (!child?.connected) child = this.#start()
      const answer = await ask(child, next.value)
      told(next.value, 'died' in answer ? { failure: answer.died } : answer)
    }
    if (child?.connected) child.disconnect()
  }

  #start(): ChildProcess {
    const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), { execArgv })
    this.#processes.add(child)
    child.once('exit', () => this.#processes.delete(child))
    return child
  }
}

/** Is told what came of each task. */
export type Telling = (task: Task, told: Told) => void

function ask(child: ChildProcess, task: Task): Promise<Told | { readonly died: string }> {
  return new Promise(resolve => {
    const died = (code: number | null, signal: string | null) => {
      child.off('message', answered)
      resolve({ died: `the process that lived it ended (${signal ?? `exit code ${code}`})` })
    }
    const answered = (message: Told) => {
      child.off('exit', died)
      resolve(message)
    }
    child.once('exit', died)
    child.once('message', answered)
    child.send(task)
  })
}
