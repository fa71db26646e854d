import { invalidArgument, Refusal } from '../../http/errors.ts'
import type { Call, Route } from '../../router.ts'
import { FUNCTIONS } from './arguments.ts'
import { namedFunction } from './function-routes.ts'
import type { Product } from './product.ts'

/** An address to which one zip can be uploaded, once or more, until it expires. */
interface Place {
  readonly functionId: string
  readonly contentLengthBytes: number
  readonly expiresAtMilliseconds: number
}

// docs/scaleway.md#zips
const largestZipBytes = 100 * 1024 * 1024
const lifeMilliseconds = 3_600_000
const contentType = 'application/octet-stream'

/**
 * How a zip reaches a function (docs/scaleway.md#zips): a URL is requested, and the zip is put there with
 * the announced length. As on the platform, any caller that knows the URL may do so, with or without a token.
 */
export function uploadRoutes(product: Product): Route[] {
  const places = new Map<string, Place>()
  return [
    {
      operation: 'functions.uploadUrl',
      method: 'GET',
      path: `${FUNCTIONS}/functions/:id/upload-url`,
      handle: call => open(product, places, call),
    },
    {
      operation: 'functions.upload',
      method: 'PUT',
      path: '/functions-upload/:place',
      access: 'open',
      body: 'bytes',
      handle: call => put(product, places, call),
    },
  ]
}

function open(product: Product, places: Map<string, Place>, call: Call): object {
  const { id: functionId } = namedFunction(product, call, 'write')
  const contentLengthBytes = Number(call.query.text('content_length') ?? Number.NaN)
  if (!Number.isInteger(contentLengthBytes) || contentLengthBytes < 1)
    throw invalidArgument('content_length', 'required')
  if (contentLengthBytes > largestZipBytes) throw invalidArgument('content_length', 'constraint', 'at most 100 MiB')
  const place = call.state.random.uuid()
  places.set(place, { functionId, contentLengthBytes, expiresAtMilliseconds: call.now.getTime() + lifeMilliseconds })
  return {
    url: `${product.apiUrl}/functions-upload/${place}`,
    headers: { 'content-length': [String(contentLengthBytes)], 'content-type': [contentType] },
  }
}

/** Refuses any other length or type, and a URL that is too old, with 403, as the platform does for a wrong signature. */
function put(product: Product, places: Map<string, Place>, { param, request, now }: Call): object {
  const place = places.get(param('place'))
  const zip = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
  const isAsAnnounced =
    place !== undefined &&
    zip?.byteLength === place.contentLengthBytes &&
    request.headers['content-type'] === contentType &&
    now.getTime() < place.expiresAtMilliseconds &&
    product.functions.has(place.functionId)
  if (!isAsAnnounced) throw new Refusal(403, { message: 'the upload is not as it was announced' })
  product.uploads.set(place.functionId, zip)
  return {}
}
