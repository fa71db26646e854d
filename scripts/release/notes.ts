import { CannotProceedError } from '../cli/cannot-proceed.ts'

/** What the notes of a release are made from. */
export interface ReleaseSources {
  /** The tag that was pushed, such as v1.0.0. */
  readonly tag: string
  /** The text of package.json. */
  readonly manifest: string
  /** The text of CHANGELOG.md. */
  readonly changelog: string
  /** Where the tag's files are shown, without a slash at its end: a release is no file, so the links of one lead nowhere. */
  readonly filesUrl: string
}

/**
 * Gives the section of CHANGELOG.md for a tag, with links that work outside of it.
 * @throws {CannotProceedError} when the tag is not the version of package.json, or has no section or an empty one
 */
export function releaseNotes({ tag, manifest, changelog, filesUrl }: ReleaseSources): string {
  const [, version] = /^ {2}"version": "(\d+\.\d+\.\d+)",$/m.exec(manifest) ?? []
  if (version === undefined) throw new CannotProceedError('The version of package.json is not three numbers.')
  if (tag !== `v${version}`)
    throw new CannotProceedError(`The tag must be v${version}, because that is the version of package.json.`)
  const [, ...sections] = changelog.split(/^## /m)
  const heading = new RegExp(`^${version.replaceAll('.', '\\.')} – \\d{4}-\\d{2}-\\d{2}\n`)
  const notes = sections.find(section => heading.test(section))?.replace(heading, '')
  if (!notes?.trim())
    throw new CannotProceedError(
      `CHANGELOG.md needs a section "## ${version} – " with the date, that says what changed.`,
    )
  return notes.trim().replaceAll(/\]\((?!https?:)([^)\s]+)\)/g, `](${filesUrl}/$1)`)
}
