import type { Button, ClockCommand } from '../picture.ts'
import type { ZoomName } from './time-line/window.ts'

/** What the page knows besides the picture. */
export interface View {
  /** Null until somebody chooses one. */
  readonly zoom: ZoomName | null
  /** The key that buttons are pressed for; null is the first. */
  readonly lane: string | null
  /** The width of the time line in pixels. */
  readonly width: number
  /** Why the last press was not done; empty if it was. */
  readonly refusal: string
  /** Why the picture stands still; empty while it does not. */
  readonly lost: string
}

/** What can be done on the page. */
export interface Actions {
  readonly set: (command: ClockCommand) => void
  readonly press: (id: Button['id']) => void
  readonly choose: (chosen: Partial<Pick<View, 'zoom' | 'lane'>>) => void
}
