// Hosts one bundle: imports it, calls it as often as requested, prints one line per answer.
const [, , bundle, times] = process.argv
const { handle } = await import(bundle)
const event = {
  httpMethod: 'GET',
  path: process.env.ASKED_PATH,
  headers: { 'X-Auth-Token': process.env.PRESENTED_KEY, Authorization: `Bearer ${process.env.PRESENTED_KEY}` },
  queryStringParameters: {},
  body: '',
  isBase64Encoded: true,
}
for (let call = 0; call < Number(times); call++) {
  const { statusCode, body } = await handle(event)
  const { user, system } = process.cpuUsage()
  process.stdout.write(
    `answer ${JSON.stringify({ statusCode, keys: Object.keys(JSON.parse(body)), cpuMs: (user + system) / 1000 })}\n`,
  )
}
