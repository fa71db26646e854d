import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { releaseNotes } from '../../../scripts/release/notes.ts'
import { root } from '../../support/built.ts'
import { run, scriptCommand } from '../../support/command.ts'

const manifest = '{\n  "name": "x",\n  "version": "1.10.0",\n  "private": true\n}\n'
const changelog = `# Changelog

## Unreleased

### Added

- What comes next.

## 1.10.0 – 2026-12-01

### Added

- A page: [docs/deploy.md](docs/deploy.md#state), and [another](https://keepachangelog.com).

## 1.1.0 – 2026-11-30

- What was before.
`
const filesUrl = 'https://github.com/us/it/blob/v1.10.0'
const notesOf = (given: Partial<Parameters<typeof releaseNotes>[0]> = {}) =>
  releaseNotes({ tag: 'v1.10.0', manifest, changelog, filesUrl, ...given })

describe('the notes of a release', () => {
  test('are the section of its version alone, with links that lead to its files', () => {
    expect(notesOf()).toBe(
      `### Added\n\n- A page: [docs/deploy.md](${filesUrl}/docs/deploy.md#state), and [another](https://keepachangelog.com).`,
    )
  })

  test.each(['v1.1.0', 'v1.10.1', '1.10.0', 'v1.10.0-rc.1', ''])(
    'are refused for the tag "%s", because package.json has another version',
    tag => {
      expect(() => notesOf({ tag })).toThrow('The tag must be v1.10.0, because that is the version of package.json.')
    },
  )

  test.each([
    ['is not there', changelog.replace('1.10.0', '1.9.0')],
    ['has no date', changelog.replace('1.10.0 – 2026-12-01', '1.10.0')],
    ['is empty', changelog.replace(/(?<=2026-12-01\n).*?(?=^## 1\.1\.0)/ms, '\n')],
    ['is of a version that only looks like it', changelog.replace('1.10.0', '1x10.0')],
  ])('are refused when the section %s', (_, text) => {
    expect(() => notesOf({ changelog: text })).toThrow('CHANGELOG.md needs a section "## 1.10.0 – " with the date')
  })

  test('are printed for the version that package.json has, or the command ends with 2', async () => {
    const [, version] = /"version": "(.+)"/.exec(readFileSync(join(root, 'package.json'), 'utf8')) ?? []
    const printed = run([...scriptCommand('release-notes'), `v${version}`], { GITHUB_REPOSITORY: 'us/it' })
    const refused = run([...scriptCommand('release-notes'), 'v0.0.0'])
    onTestFinished(async () => void (await Promise.all([printed.end(), refused.end()])))
    expect([await printed.exitCode, await refused.exitCode]).toEqual([0, 2])
    expect(printed.stdout()).toMatch(/^### /)
    expect(refused.stderr()).toContain(`The tag must be v${version}`)
  })
})
