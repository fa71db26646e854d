/** Gives lines of cells as indented lines of text, each column as wide as its longest cell. */
export function inColumns(lines: readonly (readonly string[])[]): string[] {
  return lines.map(line => `  ${line.map((cell, column) => cell.padEnd(widthOf(lines, column))).join('  ')}`.trimEnd())
}

function widthOf(lines: readonly (readonly string[])[], column: number): number {
  return Math.max(...lines.map(line => line[column]?.length ?? 0))
}
