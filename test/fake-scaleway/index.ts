/**
 * The local Scaleway: IAM v1alpha1 and Secret Manager v1beta1. Functions v1beta1 are added to it by functions/api/. It
 * imports nothing from the product.
 */
export { type Clock, SimulatedClock, systemClock, type TimeStep } from './clock.ts'
export type { Fault, FaultedCall, FaultKind, FaultRule, Faults, ListedItem, Malformation } from './faults.ts'
export { notFound, Refusal } from './http/errors.ts'
export { type ServedScaleway, serve } from './http/server.ts'
export type { HttpAnswer, WireAnswer, WireRequest } from './http/wire.ts'
export type { IamDoors } from './iam/doors.ts'
export type { NewRule } from './iam/rules.ts'
export type {
  ApiKeyRecord,
  ApplicationRecord,
  PolicyRecord,
  SecretRecord,
  SecretType,
  VersionRecord,
  VersionStatus,
} from './records.ts'
export type { LogEntry, RequestLog } from './request-log.ts'
export type { Call, Route, RouteAnswer } from './router.ts'
export { type AccessQuestion, createScaleway, type FakeScaleway, type ScalewayOptions } from './scaleway.ts'
export type { SecretDoors } from './secret-manager/doors.ts'
export type { Sleep } from './sleep.ts'
