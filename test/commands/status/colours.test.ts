import { describe, expect, test } from 'vitest'
import { wantsColours } from '../../../scripts/status/paint.ts'
import { renderStatus } from '../../../scripts/status/render.ts'
import { now, previousKey, statusWith } from './statuses.ts'

describe('colours', () => {
  test('change nothing but the colour', () => {
    const status = statusWith({
      previous: [previousKey],
      problems: [{ code: 'orphan', alarming: false, message: 'A key was created and not published. '.repeat(5) }],
    })
    const plain = { now, width: 80, colours: false }
    const coloured = renderStatus(status, { ...plain, colours: true })
    expect(coloured).toContain('\u001b[32mhealthy\u001b[39m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with it
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderStatus(status, plain))
  })

  test.each([
    { isTTY: true, noColor: undefined, colours: true },
    { isTTY: true, noColor: '', colours: true },
    { isTTY: true, noColor: '1', colours: false },
    { isTTY: false, noColor: undefined, colours: false },
  ])('terminal $isTTY with NO_COLOR $noColor: $colours', ({ colours, ...output }) => {
    expect(wantsColours(output)).toBe(colours)
  })
})
