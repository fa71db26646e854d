import type { Arguments } from './http/arguments.ts'
import type { Query } from './http/query.ts'
import type { WireRequest } from './http/wire.ts'
import type { Caller } from './iam/authentication.ts'
import type { Target } from './iam/authorization.ts'
import type { Permission } from './iam/permissions.ts'
import type { State } from './state.ts'

/** One authenticated call, as a route sees it. */
export interface Call {
  readonly state: State
  readonly request: WireRequest
  /** The address the caller came from. */
  readonly ip: string
  readonly caller: Caller
  readonly now: Date
  /** The moment that lists show, in milliseconds since 1970; earlier than now while lists lag. */
  readonly listedAtMilliseconds: number
  readonly query: Query
  readonly body: Arguments
  /** A `:name` of the route's path. */
  param(name: string): string
  /** Refuses with 403 unless a policy of the caller allows it. */
  require(permission: Permission, target: Target): void
  /** The same check without a refusal. */
  may(permission: Permission, target: Target): boolean
  /** Drops what a fault omits from the list; `id` names an item: access key, `secretId/revision`, or id. */
  listed<Item>(items: readonly Item[], id: (item: Item) => string): readonly Item[]
}

/** What a route answers; without a body it is an empty 204. */
export type RouteAnswer = object | undefined

/** One route of one product. Another product brings a list of these. */
export interface Route {
  /** The name used in faults and log, such as `iam.listApiKeys`. */
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Segments that begin with a colon take any value. */
  readonly path: string
  /** `open` routes are answered without a credential; their `caller` has no rights. */
  readonly access?: 'open'
  /** `bytes`: the body is not JSON and is read from `request` by the route itself. */
  readonly body?: 'bytes'
  /** Gives the body of a 200 (204 when undefined); throws a Refusal for everything else. */
  handle(call: Call): RouteAnswer | Promise<RouteAnswer>
}

/** A route that a request leads to, and the values of its parameters. */
export interface Match {
  readonly route: Route
  readonly params: ReadonlyMap<string, string>
}

interface Node {
  readonly children: Map<string, Node>
  any: { readonly name: string; readonly node: Node } | undefined
  readonly routes: Map<string, Route>
}

/** The route table. */
export class Router {
  readonly #root = emptyNode()
  readonly #operations = new Set<string>()

  /** Adds a product's routes; a path and method that are taken are an Error. */
  add(routes: readonly Route[]): void {
    for (const route of routes) {
      const node = segments(route.path).reduce(descend, this.#root)
      if (node.routes.has(route.method)) throw new Error(`route is taken: ${route.method} ${route.path}`)
      node.routes.set(route.method, route)
      this.#operations.add(route.operation)
    }
  }

  /** True when a route has this name. `unknown` names all requests without a route. */
  knows(operation: string): boolean {
    return operation === 'unknown' || this.#operations.has(operation)
  }

  /** Takes a method and a path without its query. A fixed segment wins over a parameter. */
  find(method: string, path: string): Match | undefined {
    const params = new Map<string, string>()
    let node = this.#root
    for (const segment of segments(path)) {
      const next = node.children.get(segment) ?? node.any?.node
      if (next === undefined) return undefined
      if (node.any?.node === next) params.set(node.any.name, decode(segment))
      node = next
    }
    const route = node.routes.get(method)
    return route && { route, params }
  }
}

function emptyNode(): Node {
  return { children: new Map(), any: undefined, routes: new Map() }
}

function segments(path: string): string[] {
  return path.split('/').slice(1)
}

function descend(node: Node, segment: string): Node {
  if (segment.startsWith(':')) {
    const name = segment.slice(1)
    node.any ??= { name, node: emptyNode() }
    if (node.any.name !== name) throw new Error(`parameter has two names: ${node.any.name} and ${name}`)
    return node.any.node
  }
  const child = node.children.get(segment) ?? emptyNode()
  node.children.set(segment, child)
  return child
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
