/**
 * What the page shows, as JSON, and how it changes. The server makes it, the page in the browser draws it: no module of
 * Node's may be imported here. It holds no secret: an access key is a name, not a credential.
 */

/** Milliseconds since 1970, UTC, on the clock of the page's world. */
export type Moment = number

/** Everything that the page shows at one moment. */
export interface Picture {
  /** `local`: the world of `npm start`, with a clock and buttons. `deployment`: a real one, to look at only. */
  readonly mode: 'local' | 'deployment'
  /** Where the time line begins. */
  readonly startedAt: Moment
  readonly now: Moment
  /** Null where there is no clock to set. */
  readonly clock: ClockPicture | null
  readonly health: Health
  readonly counters: Counters
  /** One for each key that is rotated, in the order of its deployment. */
  readonly lanes: readonly Lane[]
  readonly crons: readonly CronMarks[]
  readonly flags: readonly Flag[]
  /** Oldest first; the oldest are forgotten when there are many. */
  readonly happenings: readonly Happening[]
  readonly buttons: readonly Button[]
  /** The picture in text: what `npm run status` prints. Empty before the first status. */
  readonly table: string
}

/** How fast the clock runs. */
export const speeds = ['paused', 'real', 'hour-a-second', 'day-a-second'] as const

/** How fast the clock runs. */
export type Speed = (typeof speeds)[number]

/** What the clock can be told: `POST /clock/<id>`. A speed ends a jump that is under way. */
export const clockCommands = [...speeds, 'next-cron', 'month', 'year'] as const

/** What the clock can be told. */
export type ClockCommand = (typeof clockCommands)[number]

/** The state of the clock. A jump runs as fast as the machine can, whatever the speed, and ends paused. */
export interface ClockPicture {
  readonly speed: Speed
  readonly jump: { readonly command: ClockCommand; readonly from: Moment; readonly to: Moment } | null
}

/** What the status says. `unknown`: it could not be read, or not yet. */
export interface Health {
  readonly state: 'healthy' | 'unhealthy' | 'unknown'
  readonly problems: readonly Problem[]
  /** When the CRON rotates next; null when it never does. */
  readonly nextRotation: Moment | null
}

/** A problem of the status; those that are not alarming are notes. */
export interface Problem {
  readonly code: string
  readonly text: string
  readonly alarming: boolean
  /** The name of the key that has it, where there are several. */
  readonly lane: string | null
}

/** The figures at the top. The application counts the first three itself. */
export interface Counters {
  /** Calls whose last answer was 401 or 403. */
  readonly refused: number
  /** Calls that were refused once and answered when repeated at once with the new key. */
  readonly renewed: number
  readonly calls: number
  /** Keys that were published. */
  readonly rotations: number
  /** Keys of the rotated applications that exist now. */
  readonly keysAlive: number
}

/** A key that is rotated: every API key that it ever was, and the calls of its application. */
export interface Lane {
  readonly name: string
  /** Oldest first. */
  readonly bars: readonly Bar[]
  readonly ghosts: readonly Ghost[]
  /** In order of time. Beads lie on the bar of the access key, dots below all bars; both come from here. */
  readonly calls: readonly CallRun[]
}

/** The life of one API key. */
export interface Bar {
  readonly accessKey: string
  /** Null while no version of the secret names it. */
  readonly revision: number | null
  readonly createdAt: Moment
  /** When it was deleted or expired; null while it works. */
  readonly endedAt: Moment | null
  /** Who ended it: a rule of the function, a person with the console, or its expiry; null while it works. */
  readonly endedBy: 'function' | 'hand' | 'expiry' | null
  readonly expiresAt: Moment | null
  /** At least one, in order of time: each lasts until the next begins, the last one until the end, or now. */
  readonly phases: readonly Phase[]
}

/**
 * What a key is for at a time: made but not published; given to applications; replaced and still working; taken back by a
 * rollback; disabled and about to be deleted.
 */
export type PhaseKind = 'unpublished' | 'served' | 'overlap' | 'rolled-back' | 'disabled'

/** A part of a bar. */
export interface Phase {
  readonly from: Moment
  readonly kind: PhaseKind
}

/** What is planned: of a key that exists (its access key), or of one to come (null). */
export interface Ghost {
  readonly accessKey: string | null
  readonly from: Moment
  readonly to: Moment
  readonly kind: 'served' | 'overlap'
  /** Such as `the next key`; empty on a key that exists. */
  readonly label: string
}

/** Equal moments apart: `count` of them, the first one `at`. `everyMs` is 0 for a single one. */
export interface Run {
  readonly at: Moment
  readonly everyMs: number
  readonly count: number
}

/** What came of a call of the application: its final answer. */
export type Outcome = 'answered' | 'renewed' | 'refused' | 'no-answer'

/** Calls with one key and one outcome. */
export interface CallRun extends Run {
  /** The key that the last try was made with; null where it is unknown. */
  readonly accessKey: string | null
  readonly outcome: Outcome
}

/** When a CRON fired, and when it will. */
export interface CronMarks {
  readonly name: string
  /** Five fields, in UTC. */
  readonly schedule: string
  readonly fired: readonly Run[]
  readonly due: readonly Moment[]
}

/** Something that was pressed, or that the world did by itself, at the top of the time line. */
export interface Flag {
  readonly at: Moment
  readonly label: string
  /** `operator`, `mischief`: a button. `upkeep`: by itself, as the renewal of the rotator's key. */
  readonly kind: 'operator' | 'mischief' | 'upkeep'
}

/** Something that happened, in plain words. */
export interface Happening {
  /** Grows; unique. */
  readonly id: number
  /** Of a burst, the last one. */
  readonly at: Moment
  readonly text: string
  /** The code that log, answer and runbook have for it. */
  readonly code: string | null
  /** Where the code is explained: an address of this server. */
  readonly link: string | null
  /** More than 1: so many of the same in a row. */
  readonly count: number
  readonly tone: Tone
  /** The name of the key that it is about, where there are several. */
  readonly lane: string | null
}

/** How something that happened is to be taken. */
export type Tone = 'plain' | 'good' | 'bad'

/** What can be pressed: `POST /press/<id>`; with several keys `?key=<name>` says which, else it is the first one. */
export const operatorButtons = ['rotate', 'rollback', 'revoke'] as const

/** What can be pressed to break something. */
export const mischiefButtons = ['lose-answer', 'kill', 'away', 'delete-key', 'delete-secret'] as const

/** What can be pressed. */
export type ButtonId = (typeof operatorButtons)[number] | (typeof mischiefButtons)[number]

/** A button and what is written under it. */
export interface Button {
  readonly id: ButtonId
  readonly group: 'operator' | 'mischief'
  /** Changes with the state: `Delete the secret`, then `Restore the secret`. */
  readonly label: string
  /** What should happen. */
  readonly expected: string
  /** What did, since it was last pressed; null before. */
  readonly happened: { readonly text: string; readonly tone: Tone; readonly lane: string | null } | null
  /** Why it cannot be pressed now; null when it can. */
  readonly blocked: string | null
}

/** The line of the stream: the whole picture first, and whenever its lanes are others; then what changes. */
export type StreamLine = { readonly picture: Picture } | { readonly change: PictureChange }

/** A list that keeps its first `keep` items and then has these. */
export interface ListChange<Item> {
  readonly keep: number
  readonly items: readonly Item[]
}

type ReplacedField = 'now' | 'clock' | 'health' | 'counters' | 'table'
type ListField = 'crons' | 'flags' | 'happenings' | 'buttons'
type LaneListField = 'bars' | 'ghosts' | 'calls'
type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never

/** What is different in a picture. What is left out is as before. */
export interface PictureChange {
  readonly fields?: Partial<Pick<Picture, ReplacedField>>
  readonly lists?: { readonly [Field in ListField]?: ListChange<ItemOf<Picture[Field]>> }
  /** By the name of the lane. */
  readonly lanes?: Readonly<Record<string, LaneChange>>
}

/** What is different in a lane. */
export type LaneChange = { readonly [Field in LaneListField]?: ListChange<ItemOf<Lane[Field]>> }

/** Gives the picture with a change made to it; what did not change is the same object as before. Pure. */
export function apply(picture: Picture, { fields = {}, lists = {}, lanes = {} }: PictureChange): Picture {
  return {
    ...picture,
    ...fields,
    crons: changed(picture.crons, lists.crons),
    flags: changed(picture.flags, lists.flags),
    happenings: changed(picture.happenings, lists.happenings),
    buttons: changed(picture.buttons, lists.buttons),
    lanes: picture.lanes.map(lane => applyToLane(lane, lanes[lane.name])),
  }
}

function applyToLane(lane: Lane, change: LaneChange | undefined): Lane {
  if (change === undefined) return lane
  return {
    ...lane,
    bars: changed(lane.bars, change.bars),
    ghosts: changed(lane.ghosts, change.ghosts),
    calls: changed(lane.calls, change.calls),
  }
}

function changed<Item>(list: readonly Item[], change: ListChange<Item> | undefined): readonly Item[] {
  return change === undefined ? list : [...list.slice(0, change.keep), ...change.items]
}

/**
 * Gives what to apply to the first picture to get the second, with the same lanes; undefined when nothing is different.
 * Compares items by identity: whoever makes pictures keeps the objects that did not change. Pure.
 */
export function changeBetween(before: Picture, after: Picture): PictureChange | undefined {
  const fields = fieldsBetween(before, after)
  const lists = withoutGaps({
    crons: listBetween(before.crons, after.crons),
    flags: listBetween(before.flags, after.flags),
    happenings: listBetween(before.happenings, after.happenings),
    buttons: listBetween(before.buttons, after.buttons),
  })
  const lanes = Object.fromEntries(
    after.lanes.flatMap((lane, index) => {
      const change = laneBetween(before.lanes[index] ?? { ...lane, bars: [], ghosts: [], calls: [] }, lane)
      return change === undefined ? [] : [[lane.name, change]]
    }),
  )
  const change = { ...notEmpty({ fields }), ...notEmpty({ lists }), ...notEmpty({ lanes }) }
  return Object.keys(change).length === 0 ? undefined : change
}

function fieldsBetween(before: Picture, after: Picture): NonNullable<PictureChange['fields']> {
  return {
    ...(before.now !== after.now && { now: after.now }),
    ...(before.clock !== after.clock && { clock: after.clock }),
    ...(before.health !== after.health && { health: after.health }),
    ...(before.counters !== after.counters && { counters: after.counters }),
    ...(before.table !== after.table && { table: after.table }),
  }
}

function laneBetween(before: Lane, after: Lane): LaneChange | undefined {
  if (before === after) return undefined
  const change = withoutGaps({
    bars: listBetween(before.bars, after.bars),
    ghosts: listBetween(before.ghosts, after.ghosts),
    calls: listBetween(before.calls, after.calls),
  })
  return Object.keys(change).length === 0 ? undefined : change
}

function listBetween<Item>(before: readonly Item[], after: readonly Item[]): ListChange<Item> | undefined {
  if (before === after) return undefined
  let keep = 0
  while (keep < before.length && keep < after.length && before[keep] === after[keep]) keep += 1
  return keep === before.length && keep === after.length ? undefined : { keep, items: after.slice(keep) }
}

function withoutGaps<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const given: { [Name in keyof Fields]?: NonNullable<Fields[Name]> } = {}
  for (const name in fields) {
    const value = fields[name]
    if (value !== undefined && value !== null) given[name] = value
  }
  return given
}

/** Leaves out a field that holds an empty object. */
function notEmpty<Fields extends Readonly<Record<string, object>>>(fields: Fields): Partial<Fields> {
  return Object.values(fields).some(value => Object.keys(value).length > 0) ? fields : {}
}
