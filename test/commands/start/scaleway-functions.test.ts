import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { zipHandler } from '../../fake-scaleway/functions/zip-handler.ts'
import { run, scriptCommand } from '../../support/command.ts'
import { groupEnded } from '../../support/processes.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const fieldsForm = v.object({ scaleway_url: v.string(), secret_key: v.string() })
const createdForm = v.looseObject({ id: v.string() })
const functionForm = v.object({ id: v.string(), domain_name: v.string() })
const uploadForm = v.object({ url: v.string() })

test('a function deployed to npm run scaleway runs, its CRON can be fired manually, and Ctrl-C ends all of it', async () => {
  const temporary = await createTemporaryFolder()
  onTestFinished(temporary.remove)
  const command = run(scriptCommand('scaleway', '--json'), temporary.env)
  onTestFinished(command.end)
  await command.prints('\n')
  const { scaleway_url: scaleway, secret_key: token } = v.parse(fieldsForm, JSON.parse(command.stdout()))
  const call = async (method: string, path: string, body?: object) => {
    const sent = { method, headers: { 'X-Auth-Token': token }, ...(body && { body: JSON.stringify(body) }) }
    return (await fetch(`${scaleway}/functions/v1beta1/regions/fr-par${path}`, sent)).json()
  }
  const zip = zipHandler(`export const handle = ({ body }) => ({ body: { got: body } })`)
  const space = v.parse(createdForm, await call('POST', '/namespaces', { name: 'space' }))
  const settings = { namespace_id: space.id, name: 'echo', runtime: 'node24', privacy: 'public' }
  const { id, domain_name } = v.parse(functionForm, await call('POST', '/functions', settings))
  const { url } = v.parse(uploadForm, await call('GET', `/functions/${id}/upload-url?content_length=${zip.byteLength}`))
  await fetch(url, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: zip })
  await call('POST', `/functions/${id}/deploy`, {})
  expect(await call('GET', `/functions/${id}`)).toMatchObject({ status: 'ready' })
  expect(await (await fetch(`http://${domain_name}`, { method: 'POST', body: 'hello' })).json()).toEqual({
    got: 'hello',
  })

  await call('POST', '/crons', { function_id: id, name: 'monthly', schedule: '0 2 1 * *', args: { action: 'rotate' } })
  const fire = (name: string) => fetch(`${scaleway}/crons/${name}/fire`, { method: 'POST' })
  const answered = { function_status: 200, function_answer: { got: '{"action":"rotate"}' } }
  expect(await (await fire('monthly')).json()).toEqual(answered)
  expect((await fire('yearly')).status).toBe(404)

  expect(await temporary.left()).toHaveLength(1)
  command.interrupt()
  expect(await command.exitCode).toBe(0)
  await groupEnded(command.pid)
  expect(await temporary.left()).toEqual([])
})
