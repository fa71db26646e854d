import { deploy } from '../test/support/rotation.ts'

/** The calls of one ordinary rotation that is not the first, besides the polls of `prove`. */
const goal = 8

const { rotation, clock, cloud } = deploy()
await rotation.post()
clock.advance({ days: 30 })
const before = cloud.log.entries.length
const { body } = await rotation.post({ action: 'rotate', source: 'cron' })
if (body.rotated !== true) throw new Error('the rotation did not happen')

const operations = cloud.log.entries.slice(before).map(({ operation }) => operation)
// The secret itself is asked for where none is served; here the new key is tried on it.
const isPoll = (operation: string) => operation === 'iam.getApiKey' || operation === 'secrets.getSecret'
const polls = operations.filter(isPoll).length
const calls = operations.filter(operation => !isPoll(operation))
console.log(
  `\nOne ordinary rotation: ${calls.length} API calls (goal: at most ${goal}) and ${polls} polls of the new key`,
)
console.log(calls.join(' → '))
if (calls.length > goal) process.exitCode = 1
