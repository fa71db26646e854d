import * as v from 'valibot'
import type { Answer } from '../../deployment/answer.ts'

const seen = v.picklist(['none', 'word', 'other', 'both'])
const cronCalls = v.object({ begun: v.number(), done: v.number() })
const report = v.object({
  instance: v.string(),
  crons: v.record(v.string(), cronCalls),
  header_names: v.array(v.string()),
  token_seen: seen,
  probe_seen: seen,
  value_length: v.number(),
})

/** What the function says about a call and about itself. */
export type Report = v.InferOutput<typeof report>

/** Reads what the function says; undefined where something else answered. */
export function reportIn({ status, body }: Answer): Report | undefined {
  const parsed = v.safeParse(report, body)
  return status === 200 && parsed.success ? parsed.output : undefined
}
