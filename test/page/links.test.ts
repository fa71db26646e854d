import { expect, test } from 'vitest'
import { asHtml, documentAt, linkTo } from '../../scripts/page/world/links.ts'

test('a code leads to the row of a table that explains it, not to its first mention', () => {
  const text =
    'First `too-old` is said.\n\n| action | reason |\n| --- | --- |\n| `issue` | `too-old` | it was too old |\n'
  const [before = '', line = ''] = asHtml(text).split('<a id="too-old"></a>')
  expect(before).toContain('First `too-old` is said.')
  expect(line).toMatch(/^\| `issue` \| `too-old` \|/)
})

test.each(['superseded', 'no-usable-key', 'secret-deleted', 'beyond-keep-versions', 'out-of-time'])(
  '%s is explained by a document that the page serves',
  code => {
    const link = linkTo(code) ?? ''
    const html = asHtml(documentAt(link.slice(0, link.indexOf('#'))) ?? '')
    expect(html.split(`<a id="${link.slice(link.indexOf('#') + 1)}"></a>`)).toHaveLength(2)
  },
)

test('a word that no document knows has no link, and what is no document is not served', () => {
  expect(linkTo('no-such-word')).toBeNull()
  expect(documentAt('/package.json')).toBeUndefined()
})
