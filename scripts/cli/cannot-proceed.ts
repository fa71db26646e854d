/** A reason to stop that the user can remove. Its message is all that is printed. */
export class CannotProceedError extends Error {
  override readonly name = 'CannotProceedError'
}
