/** Takes Markdown and gives the anchors of its headings as GitHub makes them: of equal ones the second ends in `-1`. */
export function anchorsOf(markdown: string): string[] {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = slug(heading)
    let free = anchor
    for (let number = 1; anchors.has(free); number++) free = `${anchor}-${number}`
    anchors.add(free)
  }
  return [...anchors]
}

/** Takes Markdown and gives it without its blocks of code, in which `#` begins no heading and brackets are no link. */
export function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^ *(`{3,}|~{3,}).*\n[\s\S]*?^ *\1`*$/gm, '')
}

function slug(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\s_-]/gu, '')
    .replaceAll(' ', '-')
}
