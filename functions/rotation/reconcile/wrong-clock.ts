import { ApiError } from '../scaleway/api-error.ts'

/**
 * Gives the error that ends a run whose clock is that far from Scaleway's; undefined while the clock is right. Every age and
 * expiry would be misjudged: keys in use would be deleted, and new ones made until a quota is full.
 */
export function wrongClock(skewMs: number): ApiError | undefined {
  return skewMs === 0 ? undefined : new ApiError({ code: 'clock-skew', operation: 'compare clocks', skewMs })
}
