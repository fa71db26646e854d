/** Scope of a permission set, in the platform's words. */
export type ScopeType = 'organization' | 'projects'

/** Organization-scoped sets (Scaleway's permission-sets page, 2026-03-20; docs/scaleway.md#permission-sets). */
const ORGANIZATION_SETS = `
  ProjectManager ProjectReadOnly IAMReadOnly IAMManager IAMApplicationManager IAMApplicationReadOnly IAMUserManager
  IAMUserReadOnly IAMGroupManager IAMGroupReadOnly IAMPolicyManager IAMPolicyReadOnly BillingReadOnly BillingManager
  OrganizationManager OrganizationReadOnly SupportTicketManager SupportTicketReadOnly AbuseTicketManager
  AuditTrailReadOnly AuditTrailExportRead AuditTrailExportDelete AuditTrailFullAccess EnvironmentalImpactReadOnly
  NotificationManagerFullAccess NotificationManagerReadOnly`

/** Project-scoped sets of the same page: those that a bearer's own policy is likely to name. */
const PROJECT_SETS = `
  AllProductsFullAccess AllProductsReadOnly
  SecretManagerReadOnly SecretManagerFullAccess SecretManagerSecretAccess SecretManagerSecretCreate
  SecretManagerSecretDelete SecretManagerSecretWrite SecretManagerSecretRestore
  KeyManagerFullAccess KeyManagerReadOnly KeyManagerKeyWrite KeyManagerKeyDecrypt KeyManagerKeyEncrypt KeyManagerKeySign
  KeyManagerKeyVerify KeyManagerKeyDelete KeyManagerKeyCreate KeyManagerKeyRestore
  FunctionsReadOnly FunctionsFullAccess FunctionsPrivateAccess
  ContainersReadOnly ContainersFullAccess ContainersPrivateAccess ServerlessJobsFullAccess ServerlessJobsReadOnly
  ContainerRegistryReadOnly ContainerRegistryFullAccess KubernetesReadOnly KubernetesFullAccess
  KubernetesExternalNodeRegister KubernetesSystemMastersGroupAccess
  InstancesFullAccess InstancesReadOnly InstancesServerStart InstancesServerStop SSHKeysReadOnly SSHKeysFullAccess
  ElasticMetalReadOnly ElasticMetalFullAccess AppleSiliconReadOnly AppleSiliconFullAccess DediboxReadOnly DediboxFullAccess
  ObjectStorageReadOnly ObjectStorageFullAccess ObjectStorageObjectsRead ObjectStorageBucketsRead ObjectStorageObjectsWrite
  ObjectStorageObjectsDelete ObjectStorageBucketsWrite ObjectStorageBucketsDelete ObjectStorageBucketPolicyFullAccess
  BlockStorageReadOnly BlockStorageFullAccess FileStorageReadOnly FileStorageFullAccess
  PrivateNetworksFullAccess PrivateNetworksReadOnly VPCFullAccess VPCReadOnly VPCGatewayReadOnly VPCGatewayFullAccess
  IPAMFullAccess IPAMReadOnly LoadBalancersReadOnly LoadBalancersFullAccess EdgeServicesFullAccess EdgeServicesReadOnly
  RelationalDatabasesReadOnly RelationalDatabasesFullAccess RedisReadOnly RedisFullAccess MongoDBReadOnly MongoDBFullAccess
  ServerlessSQLDatabaseReadOnly ServerlessSQLDatabaseReadWrite ServerlessSQLDatabaseDataReadWrite
  ServerlessSQLDatabaseFullAccess GenerativeApisModelAccess GenerativeApisFullAccess InferenceReadOnly InferenceFullAccess
  MessagingAndQueuingReadOnly MessagingAndQueuingFullAccess IoTReadOnly IoTFullAccess DomainsDNSReadOnly
  DomainsDNSFullAccess WebHostingReadOnly WebHostingFullAccess TransactionalEmailReadOnly TransactionalEmailFullAccess
  TransactionalEmailEmailApiCreate TransactionalEmailEmailSmtpCreate ObservabilityReadOnly ObservabilityFullAccess`

const SCOPES: ReadonlyMap<string, ScopeType> = new Map([
  ...names(ORGANIZATION_SETS).map(name => [name, 'organization'] as const),
  ...names(PROJECT_SETS).map(name => [name, 'projects'] as const),
])

/** Takes a permission set's name and gives its scope; undefined for a name that does not exist. */
export function scopeTypeOf(permissionSet: string): ScopeType | undefined {
  return SCOPES.get(permissionSet)
}

/** Every known set with its scope. */
export function permissionSets(): Iterable<readonly [string, ScopeType]> {
  return SCOPES
}

function names(list: string): string[] {
  return list.trim().split(/\s+/)
}
