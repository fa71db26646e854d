import * as v from 'valibot'
import type { Answer } from '../deployment/answer.ts'

/** Names the setting that helps where Scaleway refused a call of the rotator with 403, as a sentence. */
export function remedyOfRotator({ body }: Answer): string | undefined {
  if (body.error === 'upstream-refused')
    return remedies.find(({ operations }) => operations.test(messageIn(body)))?.remedy
  const problems = v.is(withProblems, body) ? body.problems : []
  return problems.some(({ code }) => code === 'cleanup-overdue') ? cleanUpOverdue : undefined
}

/** The same of the reader, which makes one call alone. */
export function remedyOfReader({ body }: Answer): string | undefined {
  return body.error === 'upstream-refused' ? unbind('reading the key') : undefined
}

// What rotation says of a refused call (functions/rotation/http/errors.ts).
const remedies = [
  { operations: /\(list keys with status 403\)/, remedy: extraSet('listing keys', 'IAMApplicationReadOnly') },
  {
    operations: /\(disable version with status 403\)/,
    remedy: extraSet('disabling a version', 'SecretManagerFullAccess'),
  },
  { operations: /\(publish version with status 403\)/, remedy: unbind('publishing a key') },
  {
    operations: /\((get secret|(list|get|delete) versions?) with status 403\)/,
    remedy: unbind('a call about the secret'),
  },
]

const cleanUpOverdue =
  'If the log of a run says "disable version" and 403, set rotator_extra_permission_sets = ["SecretManagerFullAccess"] (Terraform) and apply.'

const withProblems = v.object({ problems: v.array(v.object({ code: v.string() })) })

function unbind(what: string): string {
  return `Scaleway refuses ${what}. If nobody changed the policies (see the end), it names no secret in that call: set bind_to_secrets = false (Terraform) and apply.`
}

function extraSet(what: string, set: string): string {
  return `Scaleway refuses ${what}. If nobody changed the policies (see the end), set rotator_extra_permission_sets = ["${set}"] (Terraform) and apply.`
}

function messageIn({ message }: Answer['body']): string {
  return typeof message === 'string' ? message : ''
}
