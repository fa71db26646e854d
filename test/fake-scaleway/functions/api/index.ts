/** The Functions API of the local Scaleway: what is deployed through it really runs. */
export { type FunctionsOptions, serveFunctions } from './serve-functions.ts'
