/** The Functions API of the local Scaleway: what is deployed through it really runs (DESIGN section 6). */
export {
  type DeployedCron,
  type DeployedFunction,
  type Deployments,
  type FunctionsOptions,
  serveFunctions,
} from './serve-functions.ts'
