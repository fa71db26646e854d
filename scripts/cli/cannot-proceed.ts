/** A reason to stop that a person can do something about; its message is all that they are shown. */
export class CannotProceedError extends Error {
  override readonly name = 'CannotProceedError'
}
