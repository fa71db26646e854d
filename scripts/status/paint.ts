import { styleText } from 'node:util'

/** The meaning of a text, shown by its colour. */
type Tone = 'good' | 'bad' | 'note' | 'old' | 'title'

/** Gives a text its colour, or leaves it as it is. Pad and wrap before: a colour adds to the length. */
export type Paint = (tone: Tone, text: string) => string

const formats = { good: 'green', bad: 'red', note: 'yellow', old: 'cyan', title: 'bold' } as const

/** Makes the paint of an output. */
export function painter({ colours }: { colours: boolean }): Paint {
  // The caller has decided: without this option a newer Node checks the environment again.
  return (tone, text) => (colours ? styleText(formats[tone], text, { validateStream: false }) : text)
}

/** Only a terminal gets colours, and only if NO_COLOR is unset or empty (no-color.org). */
export function wantsColours({ isTTY, noColor }: { isTTY: boolean; noColor: string | undefined }): boolean {
  return isTTY && (noColor === undefined || noColor === '')
}
