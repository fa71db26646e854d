import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorForCall } from '../../functions/rotation/http/errors.ts'
import { ApiError } from '../../functions/rotation/scaleway/api-error.ts'
import { root } from '../support/built.ts'

describe('the sentence after a failed call', () => {
  test.each([
    ['list keys', 401, "The rotator's key expired or leaked"],
    ['list versions', 403, "The rotator's key expired or leaked"],
    ['create key', 404, 'An application in IAM is deleted'],
    ['list versions', 404, 'The secret is deleted'],
    ['publish version', 412, 'The secret is deleted'],
  ])('names the section of the runbook where no run can repair it: %s answered %i', (operation, status, section) => {
    const { message } = errorForCall(new ApiError({ code: 'upstream-refused', operation, status }))
    expect(message).toContain(`no run repairs this: see "${section}" in the runbook`)
    expect(readFileSync(join(root, 'RUNBOOK.md'), 'utf8')).toContain(`\n## ${section}\n`)
  })

  test('names it for a wrong clock as well, and says by how much it is off', () => {
    const skewMs = -3 * 86_400_000
    const { status, message } = errorForCall(new ApiError({ code: 'clock-skew', operation: 'compare clocks', skewMs }))
    expect(status).toBe(503)
    expect(message).toBe(
      "The function's clock is 3 days behind Scaleway's, and no run changes anything until it is right (compare clocks). Nothing that was published is undone, but no run repairs this: see \"The function's clock is wrong\" in the runbook.",
    )
    expect(readFileSync(join(root, 'RUNBOOK.md'), 'utf8')).toContain("\n## The function's clock is wrong\n")
  })

  test.each([
    ['upstream-error', 503],
    ['upstream-error', 429],
    ['upstream-refused', 409],
    ['upstream-timeout', undefined],
    ['upstream-unreadable', undefined],
  ] as const)('says that the next hourly run repairs what is left: %s %s', (code, status) => {
    const { message } = errorForCall(new ApiError({ code, operation: 'create key', status }))
    expect(message).toContain('the next hourly run repairs what is left')
  })
})
