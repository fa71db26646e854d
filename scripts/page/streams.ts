import type { ServerResponse } from 'node:http'
import { changeBetween, type Picture, type StreamLine } from './picture.ts'
import type { PageSource } from './source.ts'

/** At most a dozen lines a second. */
const betweenMs = 85
/** A reload leaves and comes back within this. */
const leaveMs = 5_000

/** The streams of everybody who looks: the whole picture first, then what changes. */
export class Streams {
  readonly #source: PageSource
  readonly #open = new Set<ServerResponse>()
  /** Those that read too slowly: they get the whole picture once they have caught up. */
  readonly #behind = new Set<ServerResponse>()
  #sent: Picture
  #timer: NodeJS.Timeout | undefined
  #leaving: NodeJS.Timeout | undefined

  constructor(source: PageSource) {
    this.#source = source
    this.#sent = source.picture
    source.onChange = () => this.#changed()
  }

  add(response: ServerResponse): void {
    clearTimeout(this.#leaving)
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' })
    this.#send()
    this.#open.add(response)
    this.#write(response, { picture: this.#sent })
    response.on('drain', () => {
      if (this.#behind.delete(response)) this.#write(response, { picture: this.#sent })
    })
    response.once('close', () => this.#left(response))
    this.#source.watched?.(true)
  }

  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#leaving)
    for (const response of this.#open) response.destroy()
  }

  #left(response: ServerResponse): void {
    this.#open.delete(response)
    this.#behind.delete(response)
    if (this.#open.size > 0) return
    clearTimeout(this.#leaving)
    this.#leaving = setTimeout(() => this.#source.watched?.(false), leaveMs).unref()
  }

  #changed(): void {
    if (this.#open.size === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#send(), betweenMs)
  }

  #send(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { picture } = this.#source
    const line = lineBetween(this.#sent, picture)
    this.#sent = picture
    if (line === undefined) return
    for (const response of this.#open) if (!this.#behind.has(response)) this.#write(response, line)
  }

  #write(response: ServerResponse, line: StreamLine): void {
    if (!response.write(`${JSON.stringify(line)}\n`)) this.#behind.add(response)
  }
}

function lineBetween(before: Picture, after: Picture): StreamLine | undefined {
  const names = ({ lanes }: Picture) => lanes.map(({ name }) => name).join()
  if (names(before) !== names(after)) return { picture: after }
  const change = changeBetween(before, after)
  return change && { change }
}
