/*
 * Which permission sets let a caller do what: docs/scaleway.md#permission-sets. Where the descriptions say nothing, the
 * narrower reading is taken, so that a deployment which works here does not rely on a wrong guess:
 *  - enable, disable and describe a version need SecretManagerSecretWrite (inferred); `switch` is the other reading of the
 *    first two, as `enumerate` is of listing keys (readings.ts);
 *  - IAMApplicationReadOnly lists keys, which is all that its description names, and does not read a single one;
 *  - no Application set reaches the keys of users;
 *  - an Organization's security settings ("undocumented") are for its managers;
 *  - of Functions, "list and read" is FunctionsReadOnly, and everything else, the upload included, FunctionsFullAccess
 *    (Scaleway's permission-sets page); FunctionsPrivateAccess calls functions and reads nothing.
 */
const IAM_ALL = ['IAMManager', 'OrganizationManager']
const IAM_READ = [...IAM_ALL, 'IAMReadOnly']
const APPLICATION_READ = [...IAM_READ, 'IAMApplicationManager', 'IAMApplicationReadOnly']
const APPLICATION_ALL = [...IAM_ALL, 'IAMApplicationManager']
const GROUP_READ = [...IAM_READ, 'IAMGroupManager', 'IAMGroupReadOnly']
const GROUP_ALL = [...IAM_ALL, 'IAMGroupManager']
const POLICY_READ = [...IAM_READ, 'IAMPolicyManager', 'IAMPolicyReadOnly']
const POLICY_ALL = [...IAM_ALL, 'IAMPolicyManager']
const SECRET_ALL = ['SecretManagerFullAccess', 'AllProductsFullAccess']

const PROJECT_ALL = [...IAM_ALL, 'ProjectManager']

const FUNCTIONS_ALL = ['FunctionsFullAccess', 'AllProductsFullAccess']
const FUNCTIONS_READ = [...FUNCTIONS_ALL, 'FunctionsReadOnly', 'AllProductsReadOnly']

const SETS = {
  'list application': APPLICATION_READ,
  'read application': APPLICATION_READ,
  'create application': APPLICATION_ALL,
  'write application': APPLICATION_ALL,
  'delete application': APPLICATION_ALL,
  'list api_key': APPLICATION_READ,
  'enumerate api_key': [...IAM_READ, 'IAMApplicationReadOnly'],
  'read api_key': [...IAM_READ, 'IAMApplicationManager'],
  'create api_key': APPLICATION_ALL,
  'write api_key': APPLICATION_ALL,
  'delete api_key': APPLICATION_ALL,
  'list user_api_key': [...IAM_READ, 'IAMUserManager', 'IAMUserReadOnly'],
  'read user_api_key': [...IAM_READ, 'IAMUserManager', 'IAMUserReadOnly'],
  'create user_api_key': [],
  'write user_api_key': IAM_ALL,
  'delete user_api_key': IAM_ALL,
  'list group': GROUP_READ,
  'read group': GROUP_READ,
  'create group': GROUP_ALL,
  'write group': GROUP_ALL,
  'list policy': POLICY_READ,
  'read policy': POLICY_READ,
  'create policy': POLICY_ALL,
  'write policy': POLICY_ALL,
  'delete policy': POLICY_ALL,
  'list permission_set': POLICY_READ,
  'read quota': ['OrganizationReadOnly', 'OrganizationManager', 'IAMManager'],
  'read security_settings': ['OrganizationReadOnly', ...IAM_ALL],
  'list secret': [...SECRET_ALL, 'SecretManagerReadOnly', 'AllProductsReadOnly'],
  'read secret': [...SECRET_ALL, 'SecretManagerReadOnly', 'AllProductsReadOnly'],
  'access secret_version': [...SECRET_ALL, 'SecretManagerSecretAccess'],
  'create secret': [...SECRET_ALL, 'SecretManagerSecretCreate'],
  'create secret_version': [...SECRET_ALL, 'SecretManagerSecretCreate'],
  'write secret': [...SECRET_ALL, 'SecretManagerSecretWrite'],
  'write secret_version': [...SECRET_ALL, 'SecretManagerSecretWrite'],
  'switch secret_version': SECRET_ALL,
  'delete secret': [...SECRET_ALL, 'SecretManagerSecretDelete'],
  'delete secret_version': [...SECRET_ALL, 'SecretManagerSecretDelete'],
  'restore secret': [...SECRET_ALL, 'SecretManagerSecretRestore'],
  'restore secret_version': [...SECRET_ALL, 'SecretManagerSecretRestore'],
  'list function_namespace': FUNCTIONS_READ,
  'read function_namespace': FUNCTIONS_READ,
  'create function_namespace': FUNCTIONS_ALL,
  'write function_namespace': FUNCTIONS_ALL,
  'delete function_namespace': FUNCTIONS_ALL,
  'list function': FUNCTIONS_READ,
  'read function': FUNCTIONS_READ,
  'create function': FUNCTIONS_ALL,
  'write function': FUNCTIONS_ALL,
  'delete function': FUNCTIONS_ALL,
  'deploy function': FUNCTIONS_ALL,
  'list function_cron': FUNCTIONS_READ,
  'read function_cron': FUNCTIONS_READ,
  'create function_cron': FUNCTIONS_ALL,
  'write function_cron': FUNCTIONS_ALL,
  'delete function_cron': FUNCTIONS_ALL,
  'list project': [...PROJECT_ALL, 'ProjectReadOnly', 'OrganizationReadOnly'],
  'read project': [...PROJECT_ALL, 'ProjectReadOnly', 'OrganizationReadOnly'],
  'create project': PROJECT_ALL,
  'delete project': PROJECT_ALL,
} satisfies Record<string, readonly string[]>

/** `action resource`. */
export type Permission = keyof typeof SETS

/** Actions that a 403 calls otherwise. */
const WORDS: Readonly<Record<string, string>> = { switch: 'write', enumerate: 'list' }

/** Takes a permission and gives the sets that contain it. */
export function setsGranting(permission: Permission): readonly string[] {
  return SETS[permission]
}

/** Takes a permission and gives the `action` and `resource` that a 403 names. */
export function describePermission(permission: Permission): { action: string; resource: string } {
  const [action = '', resource = ''] = permission.split(' ')
  return { action: WORDS[action] ?? action, resource: resource.replace(/^user_/, '') }
}
