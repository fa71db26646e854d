/** Of what a server sent, only a short word of a closed list is printed. Is this one? */
export function isCodeWord(word: unknown): word is string {
  return typeof word === 'string' && /^[a-z]+(-[a-z]+){0,4}$/.test(word) && word.length <= 40
}
