import type { FakeScaleway } from '../../test/fake-scaleway/index.ts'

/** Gives what `--json` prints of a local Scaleway, in this order: its address, its owner's key, and its ids. */
export function scalewayFields(
  scaleway: Pick<FakeScaleway, 'owner' | 'organizationId' | 'projectId' | 'region'>,
  url: string,
) {
  return {
    scaleway_url: url,
    access_key: scaleway.owner.accessKey,
    secret_key: scaleway.owner.secretKey,
    organization_id: scaleway.organizationId,
    project_id: scaleway.projectId,
    region: scaleway.region,
  }
}
