/** An action, done or planned. */
export interface WireableAction {
  readonly kind: string
  readonly reason: string
  readonly revision?: number
  readonly accessKey?: string
}

/** A plan as answers show it: actions in order, and what is refused. */
export function wirePlan({
  actions,
  refusal,
}: {
  actions: readonly WireableAction[]
  refusal: { readonly code: string } | undefined
}) {
  return { actions: actions.map(wireAction), refused: refusal === undefined ? null : refusal.code }
}

/** An action as answers and logs show it. */
export function wireAction(action: WireableAction): Record<string, unknown> {
  const { kind, reason, revision, accessKey } = action
  return {
    kind,
    reason,
    ...(revision !== undefined && { revision }),
    ...(accessKey !== undefined && { access_key: accessKey }),
  }
}
