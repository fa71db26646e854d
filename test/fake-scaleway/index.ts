/**
 * The local Scaleway: IAM v1alpha1 and Secret Manager v1beta1. Functions v1beta1 are added to it by functions/api/. It
 * imports nothing from the product.
 */
export { type Clock, SimulatedClock, type TimeStep } from './clock.ts'
export type { Fault } from './faults.ts'
export { notFound, Refusal } from './http/errors.ts'
export { type ServedScaleway, serve } from './http/server.ts'
export type { NewRule } from './iam/rules.ts'
export { allReadings, defaultReadings, type Readings } from './readings.ts'
export type { ApiKeyRecord, SecretType, VersionRecord } from './records.ts'
export type { Route } from './router.ts'
export { createScaleway, type FakeScaleway } from './scaleway.ts'
