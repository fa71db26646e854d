/** What the build puts in place of this name: the version in package.json. */
declare const VERSION: string | undefined

/** The version of the build, for the log and the status; undefined where the sources run without one. */
export const version = typeof VERSION === 'undefined' ? undefined : VERSION
