import { exchange } from './exchange.ts'
import { Faults } from './faults.ts'
import { inProcessFetch } from './http/in-process.ts'
import type { WireAnswer, WireRequest } from './http/wire.ts'
import { apiKeyRoutes } from './iam/api-key-routes.ts'
import { createApiKey } from './iam/api-keys.ts'
import { applicationRoutes } from './iam/application-routes.ts'
import { authenticate } from './iam/authentication.ts'
import { isAllowed } from './iam/authorization.ts'
import { type IamDoors, iamDoors } from './iam/doors.ts'
import { groupRoutes } from './iam/group-routes.ts'
import { addManagedGroups } from './iam/groups.ts'
import { organizationRoutes } from './iam/organization-routes.ts'
import { policyRoutes } from './iam/policy-routes.ts'
import { createRandom } from './random.ts'
import { RequestLog } from './request-log.ts'
import { type Route, Router } from './router.ts'
import { type SecretDoors, secretDoors } from './secret-manager/doors.ts'
import { secretRoutes } from './secret-manager/secret-routes.ts'
import { versionRoutes } from './secret-manager/version-routes.ts'
import { type Sleep, sleepFor } from './sleep.ts'
import { createState, type State, type StateOptions } from './state.ts'

/** Options of a local Scaleway. */
interface ScalewayOptions extends StateOptions {
  /**
   * How the in-process adapter waits: for delays and slow bodies, and Infinity for a call that hangs, whose connection breaks if
   * that sleep ever ends. By default a simulated clock is advanced, and any other clock waits in real time.
   */
  readonly sleep?: Sleep
}

/** A question to IAM about one call. */
interface AccessQuestion {
  readonly secretKey: string
  readonly permissionSet: string
  readonly projectId?: string
  readonly organizationId?: string
  readonly resourceId?: string
  readonly ip?: string
  readonly userAgent?: string
}

/** A whole Scaleway in one object (docs/scaleway.md). Nothing in it is shared with another one. */
export interface FakeScaleway {
  readonly organizationId: string
  /** The deployment's project. The organization's default project has the organization's id. */
  readonly projectId: string
  readonly region: 'fr-par'
  /** A key of the organization's owner, to whom everything is allowed. */
  readonly owner: { readonly accessKey: string; readonly secretKey: string }
  readonly iam: IamDoors
  readonly secrets: SecretDoors
  readonly faults: Faults
  readonly log: RequestLog
  /** For another product's routes, which share keys, policies and clock. */
  readonly state: State
  /** True when every endpoint of the platform would accept this secret key now. */
  authenticates(secretKey: string): boolean
  /** Says whether a rule with exactly this set (or the owner's right) allows it. Sets that imply others are left to the caller. */
  authorize(question: AccessQuestion): 'allowed' | 'unauthenticated' | 'denied'
  /** Adds another product's routes; a path that is taken is an Error. */
  addRoutes(routes: readonly Route[]): void
  /** Handles one request; delays go through the in-process sleep. */
  handle(request: WireRequest): Promise<WireAnswer>
  /** The same with the adapter's own sleep; not a promise when nothing had to wait. */
  exchange(request: WireRequest, sleep: Sleep): WireAnswer | Promise<WireAnswer>
  /** The in-process adapter: Node's fetch without a network. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>
}

/** Makes a local Scaleway with an owner alone. */
export function createScaleway(options: ScalewayOptions = {}): FakeScaleway {
  const state = createState(options)
  addManagedGroups(state.groups, state.clock.now())
  const owner = createOwnerKey(state)
  const router = createRouter()
  const faults = new Faults({ random: faultRandom(options.seed), knows: operation => router.knows(operation) })
  const parts = { state, router, faults, log: new RequestLog() }
  const sleep = options.sleep ?? sleepFor(state.clock)
  return {
    organizationId: state.organizationId,
    projectId: state.projectId,
    region: 'fr-par',
    owner,
    iam: iamDoors(state),
    secrets: secretDoors(state),
    faults: parts.faults,
    log: parts.log,
    state,
    authenticates: presented => callerOrUndefined(state, presented) !== undefined,
    authorize: question => authorize(state, question),
    addRoutes: routes => parts.router.add(routes),
    handle: async request => exchange(parts, request, sleep),
    exchange: (request, ownSleep) => exchange(parts, request, ownSleep),
    fetch: inProcessFetch(request => exchange(parts, request, sleep), sleep),
  }
}

/** Older than the organization's maximum duration, which leaves existing keys alone (docs/scaleway.md#key-expiry). */
function createOwnerKey(state: State): FakeScaleway['owner'] {
  const maximum = state.maxApiKeyExpirationSeconds
  state.maxApiKeyExpirationSeconds = 0
  const { key, secretKey } = createApiKey(state, { userId: state.ownerUserId, description: 'owner' })
  state.maxApiKeyExpirationSeconds = maximum
  return { accessKey: key.accessKey, secretKey }
}

function createRouter(): Router {
  const router = new Router()
  router.add([
    metadataRoute,
    ...applicationRoutes,
    ...policyRoutes,
    ...groupRoutes,
    ...apiKeyRoutes,
    ...organizationRoutes,
  ])
  router.add([...secretRoutes, ...versionRoutes])
  return router
}

/** Requested by newer Go SDKs after IAM and secret answers (docs/scaleway.md#provider-conventions). */
const metadataRoute: Route = {
  operation: 'metadata',
  method: 'GET',
  path: '/metadata',
  access: 'open',
  handle: () => ({ platform: 'scaleway', partition: 'scw', domain: 'scaleway.com' }),
}

/** Its own stream, so that adding a fault does not change the ids of what is created later. */
function faultRandom(seed: number | undefined) {
  return createRandom(seed === undefined ? undefined : seed + 1)
}

function authorize(state: State, question: AccessQuestion): 'allowed' | 'unauthenticated' | 'denied' {
  const caller = callerOrUndefined(state, question.secretKey)
  if (caller === undefined) return 'unauthenticated'
  const { permissionSet, projectId, organizationId, resourceId, ip = '127.0.0.1', userAgent = '' } = question
  const target = {
    ...(projectId !== undefined && { projectId }),
    ...(organizationId !== undefined && { organizationId }),
    ...(resourceId !== undefined && { id: resourceId }),
  }
  const allowed = isAllowed({ state, caller, permissionSets: [permissionSet], target, origin: { ip, userAgent } })
  return allowed ? 'allowed' : 'denied'
}

function callerOrUndefined(state: State, secretKey: string) {
  try {
    return authenticate(state, secretKey, 'elsewhere')
  } catch {
    return undefined
  }
}
