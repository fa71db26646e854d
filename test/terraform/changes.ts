import * as v from 'valibot'

const planForm = v.object({
  resource_changes: v.optional(
    v.array(v.object({ address: v.string(), mode: v.string(), change: v.object({ actions: v.array(v.string()) }) })),
    [],
  ),
  output_changes: v.optional(v.record(v.string(), v.object({ actions: v.array(v.string()) })), {}),
})

/**
 * Reads `terraform show -json <plan>` and gives what would change: address → actions joined by a comma
 * (`create,delete` is new before old), outputs as `output.<name>`. Empty: nothing would change.
 */
export function changesIn(planJson: string): Record<string, string> {
  const { resource_changes, output_changes } = v.parse(planForm, JSON.parse(planJson))
  const changes = [
    ...resource_changes
      .filter(({ mode }) => mode === 'managed')
      .map(({ address, change }) => [address, change] as const),
    ...Object.entries(output_changes).map(([name, change]) => [`output.${name}`, change] as const),
  ]
  return Object.fromEntries(
    changes.map(([name, { actions }]) => [name, actions.join()] as const).filter(([, actions]) => actions !== 'no-op'),
  )
}
