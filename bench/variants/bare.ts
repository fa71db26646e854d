import { request } from 'node:https'

/** The minimum of an answer: the same call, with nothing checked, logged or cached. */
export function handle(): Promise<{ statusCode: number; body: string }> {
  const { API_URL, REGION, SECRET_ID, READER_SECRET_KEY } = process.env
  const path = `/secret-manager/v1beta1/regions/${REGION}/secrets/${SECRET_ID}/versions/latest_enabled/access`
  return new Promise((resolve, reject) => {
    const call = request(API_URL + path, { headers: { 'X-Auth-Token': READER_SECRET_KEY } }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ statusCode: 200, body: Buffer.from(JSON.parse(text).data, 'base64').toString() }),
      )
    })
    call.on('error', reject)
    call.end()
  })
}
