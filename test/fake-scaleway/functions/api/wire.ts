import { environmentWire } from './environment.ts'
import { cpuLimitOf } from './memory-tiers.ts'
import type { CronRecord, FunctionRecord, NamespaceRecord } from './records.ts'

/** A namespace on the wire (docs/scaleway.md#namespace-records). */
export function namespaceWire(namespace: NamespaceRecord, organizationId: string): object {
  return {
    id: namespace.id,
    name: namespace.name,
    description: namespace.description,
    tags: namespace.tags,
    ...environmentWire(namespace.environment),
    organization_id: organizationId,
    project_id: namespace.projectId,
    region: namespace.region,
    registry_endpoint: `rg.${namespace.region}.scw.cloud/funcscw${registryName(namespace)}`,
    registry_namespace_id: namespace.registryNamespaceId,
    status: 'ready',
    error_message: null,
    created_at: namespace.createdAt,
    updated_at: namespace.updatedAt,
  }
}

/** The name's letters and digits and a suffix, as the platform makes it. */
function registryName({ name, id }: NamespaceRecord): string {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return `${letters.slice(0, 20)}${id.slice(0, 8)}`
}

/** A function on the wire (docs/scaleway.md#function-records). It has no project of its own. */
export function functionWire(record: FunctionRecord): object {
  return {
    id: record.id,
    name: record.name,
    namespace_id: record.namespaceId,
    description: record.description,
    tags: record.tags,
    ...environmentWire(record.environment),
    runtime: record.runtime,
    runtime_message: '',
    handler: record.handler,
    privacy: record.privacy,
    min_scale: record.minScale,
    max_scale: record.maxScale,
    memory_limit: record.memoryLimitMegabytes,
    cpu_limit: cpuLimitOf(record.memoryLimitMegabytes),
    timeout: `${record.timeoutSeconds}s`,
    http_option: record.httpOption,
    sandbox: record.sandbox,
    private_network_id: null,
    domain_name: record.domainName,
    region: record.region,
    status: record.status,
    error_message: record.errorMessage ?? null,
    build_message: null,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    ready_at: record.readyAt ?? null,
  }
}

/** A CRON on the wire (docs/scaleway.md#cron-records). */
export function cronWire({ id, functionId, name, schedule, args }: CronRecord): object {
  return { id, function_id: functionId, name, schedule, args, status: 'ready' }
}
