import { type Button, type ButtonId, mischiefButtons, operatorButtons } from '../picture.ts'

type Words = Pick<Button, 'label' | 'expected'>

/** What each button says, and what should happen when it is pressed. */
const words: Readonly<Record<ButtonId, Words>> = {
  rotate: {
    label: 'Rotate',
    expected: 'A new key is made, proven and published. The old one goes on working for 120 h. Nobody is refused.',
  },
  rollback: {
    label: 'Roll back',
    expected: 'Applications get the key before the served one, at once. Nobody is refused.',
  },
  revoke: {
    label: 'Revoke',
    expected: 'A new key, and every older one is gone without an overlap. The answer comes after 75 s.',
  },
  'lose-answer': {
    label: 'Lose the answer of a publication',
    expected:
      'The operator rotates, and the run does not know whether it published. It undoes nothing; a later look tells.',
  },
  kill: {
    label: 'Kill the function between two calls',
    expected:
      'The operator rotates. The key that was made and not published is deleted by an hourly run, once it is an hour old.',
  },
  away: {
    label: 'Scaleway away for ten minutes',
    expected:
      'It answers 503 around the next hourly run, which fails and is repeated. The application keeps the key in hand.',
  },
  'delete-key': {
    label: 'Delete the served key by hand',
    expected: 'Calls are refused until the next hourly run makes a new key.',
  },
  'delete-secret': {
    label: 'Delete the secret',
    expected: 'Rotation and retrieval refuse; the application goes on with the key in hand. Press again to restore it.',
  },
}

const operators: readonly ButtonId[] = operatorButtons
const ids: readonly ButtonId[] = [...operatorButtons, ...mischiefButtons]

/** Keeps what is written under the buttons, and whether they can be pressed. */
export class Buttons {
  readonly #onChange: () => void
  readonly #blocks = new Map<string, readonly ButtonId[]>()
  #list: readonly Button[] = ids.map(id => ({
    id,
    group: operators.includes(id) ? 'operator' : 'mischief',
    ...words[id],
    happened: null,
    blocked: null,
  }))

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  get list(): readonly Button[] {
    return this.#list
  }

  get(id: ButtonId): Button | undefined {
    return this.#list.find(button => button.id === id)
  }

  /** Says what happened since a button was pressed, in another label if one is given. */
  tell(id: ButtonId, happened: NonNullable<Button['happened']>, label: string = words[id].label): void {
    this.#list = this.#list.map(button => (button.id === id ? { ...button, happened, label } : button))
    this.#onChange()
  }

  /** Blocks buttons, all or some, for a reason and until it is gone. */
  block(why: string, some: readonly ButtonId[] = ids): void {
    this.#blocks.set(why, some)
    this.#judge()
  }

  /** Says that a reason is gone. */
  free(why: string): void {
    this.#blocks.delete(why)
    this.#judge()
  }

  #judge(): void {
    const blocks = [...this.#blocks]
    this.#list = this.#list.map(button => {
      const blocked = blocks.find(([, some]) => some.includes(button.id))?.[0] ?? null
      return blocked === button.blocked ? button : { ...button, blocked }
    })
    this.#onChange()
  }
}
