import { styleText } from 'node:util'

/** What a piece of text is, where colours tell it. */
export type Tone = 'good' | 'bad' | 'note' | 'old' | 'title'

/** Gives a text its colour, or leaves it as it is. Painted text is never measured: pad and wrap before. */
export type Paint = (tone: Tone, text: string) => string

const formats = { good: 'green', bad: 'red', note: 'yellow', old: 'cyan', title: 'bold' } as const

/** Makes the painter of an output. */
export function painter({ colours }: { colours: boolean }): Paint {
  // The decision is the caller's: by itself, a newer Node looks at the environment once more.
  return (tone, text) => (colours ? styleText(formats[tone], text, { validateStream: false }) : text)
}

/** Decides whether an output gets colours: only a terminal, and only if NO_COLOR is unset or empty (no-color.org). */
export function wantsColours({ isTTY, noColor }: { isTTY: boolean; noColor: string | undefined }): boolean {
  return isTTY && (noColor === undefined || noColor === '')
}
