import type { FakeScaleway } from '../fake-scaleway/index.ts'

/** Values for variables of the module. */
export type Variables = Readonly<Record<string, unknown>>

/** Who deploys, and how Terraform gets the credentials. */
export interface LoginOptions {
  /** Makes the deployer of the local Scaleway; by default the owner. */
  readonly deployer?: (scaleway: FakeScaleway) => { accessKey: string; secretKey: string }
  /** By variables of the module (default), by the environment, or by neither: the proof gives them itself. */
  readonly credentials?: 'variables' | 'environment' | 'elsewhere'
}

/** Gives the environment and the variables that tell Terraform credentials, project and organization. */
export function loginOf({
  scaleway,
  url,
  deployer = ({ owner }) => owner,
  credentials = 'variables',
}: LoginOptions & { scaleway: FakeScaleway; url: string }): { env: Record<string, string>; variables: Variables } {
  const { accessKey, secretKey } = deployer(scaleway)
  const { projectId, organizationId } = scaleway
  if (credentials === 'elsewhere') return { env: { SCW_API_URL: url }, variables: {} }
  if (credentials === 'environment') {
    const ids = { SCW_DEFAULT_PROJECT_ID: projectId, SCW_DEFAULT_ORGANIZATION_ID: organizationId }
    return { env: { SCW_API_URL: url, SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, ...ids }, variables: {} }
  }
  const keys = { scw_access_key: accessKey, scw_secret_key: secretKey }
  return { env: {}, variables: { ...keys, scw_project_id: projectId, scw_organization_id: organizationId } }
}
