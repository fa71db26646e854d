// Runs in a process of its own, under plain Node: loads one handler and serves it with Scaleway's own local host.
// Arguments: the handler's file, the name of its export, the folder that holds them.
import { rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import serverlessFunctions from '@scaleway/serverless-functions'

const [file, exportName, folder] = process.argv.slice(2)
const bodyLimitBytes = 6 * 1024 * 1024

process.once('disconnect', endWithParent)
if (!process.connected) endWithParent()

try {
  listen(await loadHandler())
} catch (error) {
  process.send({ failed: String(error) }, () => process.exit(1))
}

/** The parent may have been killed, and then no other process is left to clean up. */
function endWithParent() {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}

async function loadHandler() {
  const handler = (await import(pathToFileURL(file)))[exportName]
  if (typeof handler !== 'function') throw new TypeError(`the file exports no function named ${exportName}`)
  return handler
}

function listen(handler) {
  const server = serverlessFunctions.serveHandler(asPlatformCalls(handler), 0)
  // The platform takes 6 MiB of any content type, the local host 1 MiB of five (docs/scaleway.md#local-host).
  server.removeAllContentTypeParsers()
  const parser = { parseAs: 'string', bodyLimit: bodyLimitBytes }
  server.addContentTypeParser('*', parser, (_request, body, done) => done(null, body))
  server.server.once('listening', () => process.send({ listening: server.server.address() }))
}

/**
 * Undoes what the local host does differently from the platform with an event (docs/scaleway.md#events, #local-host).
 */
function asPlatformCalls(handler) {
  return (event, context, callback) =>
    handler(
      {
        ...event,
        headers: canonicalHeaders(event.headers),
        queryStringParameters: lastValues(event.queryStringParameters),
      },
      context,
      callback,
    )
}

/** Names as Go spells them. What came over the wire (in lower case here) wins over what the local host added. */
function canonicalHeaders(headers) {
  const received = name => name === name.toLowerCase()
  const names = Object.keys(headers).sort((one, other) => received(one) - received(other))
  return Object.fromEntries(names.map(name => [canonicalName(name), headers[name]]))
}

function canonicalName(name) {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase())
}

function lastValues(parameters) {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value].flat().at(-1)]))
}
