/** Replaces node:https, so that a variant that does not use it does not load it. */
export class Agent {}

/** Never called. */
export function request(): never {
  throw new Error('this variant has a client of its own')
}
