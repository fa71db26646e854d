/** A reason not to begin that a person can do something about; its message is all that they are shown. */
export class CannotSmokeError extends Error {
  override readonly name = 'CannotSmokeError'
}
