import { readFile } from 'node:fs/promises'
import type { ChangedKey } from './notification.ts'

/** Restarts what reads its key only when it starts. Throws if that was refused. */
export type Restart = (key: ChangedKey) => Promise<void>

/** Gives a setting, or throws naming it. */
export type Setting = (name: string, fallback?: string) => string

/** The ways to restart, by the word for each in RESTART. Each reads its settings at once. */
export const restarts: Readonly<Record<string, (setting: Setting) => Restart>> = {
  /** Starts the workflows of a repository that have `on: repository_dispatch: types: [key-issued]`. */
  github(setting) {
    const url = `${setting('GITHUB_API_URL', 'https://api.github.com')}/repos/${setting('GITHUB_REPOSITORY')}/dispatches`
    const headers = { Authorization: `Bearer ${setting('GITHUB_TOKEN')}`, Accept: 'application/vnd.github+json' }
    return ({ name, revision }) =>
      send(url, {
        method: 'POST',
        headers,
        body: { event_type: 'key-issued', client_payload: { key: name, revision } },
      })
  },

  /** Rolls a Deployment over, as `kubectl rollout restart` does, with the service account of the receiver's own pod. */
  kubernetes(setting) {
    const folder = setting('SERVICE_ACCOUNT_FOLDER', '/var/run/secrets/kubernetes.io/serviceaccount')
    const host = setting('KUBERNETES_API_URL', 'https://kubernetes.default.svc')
    const url = `${host}/apis/apps/v1/namespaces/${setting('NAMESPACE')}/deployments/${setting('DEPLOYMENT')}`
    return async ({ revision }) => {
      // Read each time: Kubernetes replaces the token about hourly.
      const token = await readFile(`${folder}/token`, 'utf8')
      const annotations = {
        'kubectl.kubernetes.io/restartedAt': new Date().toISOString(),
        'api-key/revision': String(revision),
      }
      const headers = {
        Authorization: `Bearer ${token.trim()}`,
        'Content-Type': 'application/strategic-merge-patch+json',
      }
      await send(url, { method: 'PATCH', headers, body: { spec: { template: { metadata: { annotations } } } } })
    }
  },

  /** Deploys a Scaleway container again. Its key needs ContainersFullAccess in the container's project. */
  container(setting) {
    const region = setting('CONTAINER_REGION', 'fr-par')
    const host = setting('SCW_API_URL', 'https://api.scaleway.com')
    const url = `${host}/containers/v1/regions/${region}/containers/${setting('CONTAINER_ID')}/redeploy`
    const headers = { 'X-Auth-Token': setting('SCW_SECRET_KEY') }
    return () => send(url, { method: 'POST', headers, body: {} })
  },
}

interface Call {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

async function send(url: string, { method, headers, body }: Call): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'restart-on-new-key', ...headers },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
}
