import { readFileSync } from 'node:fs'
import { runCommand } from './cli/run-command.ts'
import { releaseNotes } from './release/notes.ts'

const help = `Prints the notes of a release: its section of CHANGELOG.md. The workflow of a release runs it, without any package.
Exit code: 0, or 2 if the tag is not the version of package.json or CHANGELOG.md has no section for it.

Usage: node scripts/release-notes.ts TAG`

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY = '' } = process.env

await runCommand({
  help,
  readOptions: ([tag = '--help']) => ({ help: tag === '--help', tag }),
  run: async ({ tag }) => {
    const filesUrl = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/blob/${tag}`
    console.log(releaseNotes({ tag, manifest: read('package.json'), changelog: read('CHANGELOG.md'), filesUrl }))
    return 0
  },
})
