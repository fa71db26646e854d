import { matching, textForm } from './form.ts'
import { Secret } from './secret.ts'

/** A UUID in lower case, as Scaleway writes its ids: text for a regular expression. */
export const uuidPattern = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

/** An access key: SCW and 17 characters (docs/scaleway.md#key-fields): text for a regular expression. */
export const accessKeyPattern = 'SCW[A-Z0-9]{17}'

const anyUuid = new RegExp(`^${uuidPattern}$`, 'i')

/** A UUID, as Scaleway's ids and secret keys are. */
export const uuid = matching(anyUuid, 'a UUID')

/** A UUID that must not be printed: an IAM secret key. */
export const secretKey = textForm(
  text => (anyUuid.test(text) ? new Secret(text) : undefined),
  'a Scaleway secret key (a UUID)',
)

/** An access key, which is public. */
export const accessKey = matching(
  new RegExp(`^${accessKeyPattern}$`),
  'a Scaleway access key (SCW and 17 capitals or digits)',
)

/** A region such as `fr-par`. */
export const region = matching(/^[a-z]{2}-[a-z]{3}$/, 'a Scaleway region such as fr-par')
