import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../support/built.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')

const permissionsForm = v.record(v.string(), v.picklist(['read', 'write']))
const stepForm = v.looseObject({
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown()), {}),
})
const jobForm = v.looseObject({
  'timeout-minutes': v.optional(v.number()),
  permissions: v.optional(permissionsForm),
  uses: v.optional(v.string()),
  needs: v.optional(v.array(v.string()), []),
  strategy: v.optional(v.looseObject({ matrix: v.record(v.string(), v.array(v.unknown())) })),
  steps: v.optional(v.array(stepForm), []),
})
const workflowForm = v.looseObject({
  on: v.union([v.string(), v.record(v.string(), v.unknown())]),
  permissions: v.optional(permissionsForm),
  concurrency: v.optional(v.unknown()),
  jobs: v.record(v.string(), jobForm),
})

function workflowsIn(folder: string) {
  return readdirSync(join(root, folder)).map(name => {
    const text = read(join(folder, name))
    const workflow = v.parse(workflowForm, parse(text))
    const jobs = Object.entries(workflow.jobs).map(([id, job]) => ({ id, ...job }))
    return { name, text, workflow, jobs, steps: jobs.flatMap(job => job.steps) }
  })
}

const ours = workflowsIn('.github/workflows')
const examples = workflowsIn('examples/github-actions')
const ofEvent = (event: string) => ours.filter(({ workflow: { on } }) => typeof on === 'object' && event in on)

describe.each([...ours, ...examples])('$name', ({ text, workflow, jobs, steps }) => {
  test('names every action by a commit, and beside it the version that a person reads', () => {
    const used = [...steps, ...jobs].flatMap(({ uses }) => uses ?? [])
    const pinned = [...text.matchAll(/^ +(?:- )?uses: [\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm)]
    const local = used.filter(uses => uses.startsWith('./'))
    expect(pinned).toHaveLength(used.length - local.length)
  })

  test('gives no right to all jobs, and each job says what it needs', () => {
    expect(workflow.permissions).toEqual({})
    const unsaid = jobs.filter(({ permissions, steps }) => permissions === undefined && usesToken(steps))
    expect(unsaid.map(({ id }) => id)).toEqual([])
  })

  test('ends a job that hangs', () => {
    const endless = jobs.filter(job => job.uses === undefined && job['timeout-minutes'] === undefined)
    expect(endless.map(({ id }) => id)).toEqual([])
  })

  test('leaves no token in a clone', () => {
    const clones = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    expect(clones.filter(({ with: given }) => given['persist-credentials'] !== false)).toEqual([])
  })

  test('puts no expression into a script, where what an outsider wrote would be run', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
  })
})

/** A job without an action gets by without the token of the run. */
function usesToken(steps: readonly v.InferOutput<typeof stepForm>[]): boolean {
  return steps.length === 0 || steps.some(({ uses }) => uses !== undefined)
}

describe('a pull request', () => {
  test('is checked by CI and security, and by nothing that holds a secret or may write to the repository', () => {
    const run = ofEvent('pull_request')
    expect(run.map(({ name }) => name)).toEqual(['ci.yml', 'security.yml'])
    expect(run.filter(({ text }) => /\bsecrets\b/.test(text))).toEqual([])
    const written = run.flatMap(({ jobs }) =>
      jobs.flatMap(({ permissions = {} }) => Object.keys(permissions).filter(name => permissions[name] === 'write')),
    )
    expect(written).toEqual(['security-events'])
  })

  test('never runs its own code with the rights of the repository', () => {
    expect([...ofEvent('pull_request_target'), ...ofEvent('workflow_run')]).toEqual([])
  })

  test('supersedes the runs of what it was before', () => {
    for (const { workflow } of ofEvent('pull_request')) {
      expect(workflow.concurrency).toMatchObject({ 'cancel-in-progress': expect.stringContaining("'pull_request'") })
    }
  })
})

describe('CI', () => {
  const rowForm = v.object({ os: v.string(), node: v.number(), tool: v.string(), version: v.string() })
  const jobs = ours.find(({ name }) => name === 'ci.yml')?.jobs ?? []
  const everything = jobs.find(({ id }) => id === 'everything')
  const rows = v
    .parse(v.array(rowForm), everything?.strategy?.matrix.include)
    .map(({ os, node, tool, version }) => [os.replace(/-.*/, ''), `Node ${node}`, `${tool} ${version}`] as const)

  const systems = ['ubuntu', 'macos']
  const nodes = ['Node 20', 'Node 24']
  const tools = ['terraform 1.9.0', 'terraform latest', 'tofu latest']
  const pairs = (left: readonly string[], right: readonly string[]) =>
    left.flatMap(one => right.map(other => [one, other]))

  test.each([...pairs(systems, nodes), ...pairs(systems, tools), ...pairs(nodes, tools)])(
    'meets %s together with %s',
    (one = '', other = '') => {
      expect(rows.filter(row => [one, other].every(what => row.some(it => it === what)))).not.toEqual([])
    },
  )

  test('begins at the Terraform and the Node that are promised', () => {
    expect(read('versions.tf')).toContain('required_version = ">= 1.9"')
    expect(read('package.json')).toContain('"node": ">=20.')
  })

  test('does what .ci/run does, and fails where the provider is missing', () => {
    const [ran] = everything?.steps.filter(({ run }) => run === '.ci/run') ?? []
    expect(ran).toMatchObject({ env: { PROVIDER_REQUIRED: 'true' } })
    expect(read('test/terraform/global-setup.ts')).toContain("process.env.PROVIDER_REQUIRED === 'true'")
  })

  test('has the history that the proof of an upgrade begins with', () => {
    const [clone] = everything?.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')) ?? []
    expect(clone?.with).toMatchObject({ 'fetch-depth': 0 })
  })

  test('fails where a linter is missing', () => {
    const [linted] = jobs.flatMap(({ steps }) => steps).filter(({ run }) => run === '.ci/lint')
    expect(linted).toMatchObject({ env: { LINTERS_REQUIRED: 'true' } })
  })
})

describe('a release', () => {
  const { workflow, jobs } = ours.find(({ name }) => name === 'release.yml') ?? expect.fail('there is no release.yml')
  const publish = jobs.find(({ id }) => id === 'publish')
  const building = jobs.find(({ id }) => id === 'package')
  const built = v.parse(v.array(v.object({ os: v.string(), node: v.number() })), building?.strategy?.matrix.include)

  test('begins with a tag alone', () => {
    expect(workflow.on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } })
  })

  test('is published by the only job that may write, after CI, the check of the tag and both builds', () => {
    expect(publish?.needs).toEqual(['ci', 'notes', 'package'])
    expect(jobs.filter(({ permissions = {} }) => Object.values(permissions).includes('write'))).toEqual([publish])
  })

  test('runs nothing of the repository or of a package where it may write', () => {
    const actions = publish?.steps.flatMap(({ uses }) => uses?.replace(/@.*/, '') ?? [])
    expect(actions).toEqual([
      'actions/download-artifact',
      'actions/download-artifact',
      'actions/attest-build-provenance',
    ])
    const scripts = publish?.steps.flatMap(({ run }) => run ?? []).join('\n')
    expect(scripts).not.toMatch(/\b(npm|npx|node|tsx)\b/)
  })

  test('checks the tag against package.json and CHANGELOG.md', () => {
    const { steps = [] } = jobs.find(({ id }) => id === 'notes') ?? {}
    expect(steps.map(({ run }) => run)).toContain('node scripts/release-notes.ts "$GITHUB_REF_NAME" > notes.md')
  })

  test('is built on two systems and two Nodes, without a cache, and both results are compared and attested', () => {
    expect(new Set(built.map(({ os }) => os.replace(/-.*/, '')))).toEqual(new Set(['ubuntu', 'macos']))
    expect(new Set(built.map(({ node }) => node))).toEqual(new Set([20, 24]))
    const cached = jobs.flatMap(({ steps }) => steps).filter(({ uses }) => uses?.startsWith('actions/setup-node@'))
    expect(cached.map(({ with: given }) => given['package-manager-cache'])).toEqual([false, false])
    const [first, second] = built.map(({ os }) => `built/package-${os}`)
    const compared = publish?.steps.findIndex(({ run }) => run?.startsWith(`diff --recursive ${first} ${second}\n`))
    const attested = publish?.steps.findIndex(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'))
    const published = publish?.steps.findIndex(({ run }) => run?.startsWith('gh release create '))
    expect([compared, attested, published]).toEqual([2, 3, 4])
  })
})

describe('dependency updates', () => {
  const form = v.object({
    version: v.literal(2),
    updates: v.array(v.looseObject({ 'package-ecosystem': v.string(), schedule: v.object({ interval: v.string() }) })),
  })

  test('come for packages, actions and Terraform', () => {
    const { updates } = v.parse(form, parse(read('.github/dependabot.yml')))
    expect(updates.map(update => update['package-ecosystem'])).toEqual(['npm', 'github-actions', 'terraform'])
  })
})
