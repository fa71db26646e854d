/** Runs a built function in its own process, as the local Scaleway does; here for tests that need nothing around it. */
export {
  type FunctionProcess,
  type FunctionSource,
  FunctionStartError,
  startFunction,
} from '../fake-scaleway/functions/function-process.ts'
