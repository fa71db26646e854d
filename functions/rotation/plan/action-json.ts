/** An action, done or planned. */
export interface ActionFields {
  readonly kind: string
  readonly reason: string
  readonly revision?: number
  readonly accessKey?: string
}

/** A plan as answers show it: actions in order, and what is refused. */
export function planJson({
  actions,
  refusal,
}: {
  actions: readonly ActionFields[]
  refusal: { readonly code: string } | undefined
}) {
  return { actions: actions.map(actionJson), refused: refusal === undefined ? null : refusal.code }
}

/** An action as answers and logs show it. */
export function actionJson(action: ActionFields): Record<string, unknown> {
  const { kind, reason, revision, accessKey } = action
  return {
    kind,
    reason,
    ...(revision !== undefined && { revision }),
    ...(accessKey !== undefined && { access_key: accessKey }),
  }
}
