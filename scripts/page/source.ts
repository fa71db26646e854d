import type { ButtonId, ClockCommand, Picture } from './picture.ts'

/** What a page shows, and what it may do; without `set` and `press` it is there to be looked at. */
export interface PageSource {
  readonly picture: Picture
  /** Set by the server: to be called after each change of the picture. */
  onChange: () => void
  /** Called when somebody begins to look, and when the last one has left. */
  watched?(isWatched: boolean): void
  set?(command: ClockCommand): void
  /** Gives why it cannot be pressed; resolves when what it does at once is done. */
  press?(id: ButtonId, key: string | undefined): Promise<string | undefined>
}
