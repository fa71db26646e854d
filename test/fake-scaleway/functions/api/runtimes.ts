import { invalidArgument } from '../../http/errors.ts'

/**
 * What a runtime may still be used for: new functions, only changes of existing ones, or nothing
 * (docs/scaleway.md#node-runtimes).
 */
type RuntimeStatus = 'available' | 'end_of_support' | 'end_of_life'

/** The Node runtimes as the platform listed them on 2026-09-24 (docs/scaleway.md#node-runtimes). */
const versions: ReadonlyMap<string, RuntimeStatus> = new Map([
  ['26', 'available'],
  ['24', 'available'],
  ['22', 'available'],
  ['20', 'end_of_support'],
  ['18', 'end_of_support'],
  ['19', 'end_of_life'],
  ['17', 'end_of_life'],
  ['16', 'end_of_life'],
  ['14', 'end_of_life'],
  ['10', 'end_of_life'],
  ['8', 'end_of_life'],
])

/** Takes the name of a runtime for a new function. Refuses with 400 one that is unknown or can no longer be used. */
export function newRuntime(name: string): string {
  const status = statusOf(name)
  if (status === 'available') return name
  throw invalidArgument('runtime', 'constraint', `${name} is ${status}, use a newer runtime`)
}

/**
 * Takes the runtime that an existing function is moved to. Its own one can be kept after its support has ended,
 * but not after `end_of_life`.
 */
export function changedRuntime(name: string, current: string): string {
  return name === current && statusOf(name) === 'end_of_support' ? name : newRuntime(name)
}

/** Every runtime on the wire: Node's alone, because no other can be run here. */
export function runtimesWire(): object[] {
  return [...versions].map(([version, status]) => ({
    name: `node${version}`,
    language: 'Node',
    version,
    default_handler: 'handler.handle',
    code_sample: '',
    status,
    status_message: '',
    extension: 'js',
    implementation: '',
    logo_url: '',
  }))
}

function statusOf(name: string): RuntimeStatus {
  const status = versions.get(name.replace(/^node/, ''))
  if (status !== undefined && name.startsWith('node')) return status
  throw invalidArgument('runtime', 'constraint', `no runtime ${name} here`)
}
