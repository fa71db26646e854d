/** One sample of OpenMetrics text; its name without `key_rotation_`. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Reads the samples of OpenMetrics text. Each line must be of the form that this project writes. */
export function readSamples(text: string) {
  const samples = new Map<string, Sample[]>()
  const lines = text.split('\n')
  if (lines.at(-1) !== '' || lines.at(-2) !== '# EOF') throw new Error('the text does not end with # EOF')
  for (const line of lines.slice(0, -2).filter(line => !line.startsWith('#'))) {
    const [, name, labels = '', value] = /^key_rotation_(\w+?)(?:\{(.*)\})? ([\d.]+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`not a sample: ${line}`)
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', of = '']) => [label, of])
    samples.set(name, [...(samples.get(name) ?? []), { labels: Object.fromEntries(pairs), value: Number(value) }])
  }
  const values = (name: string) => samples.get(name) ?? []
  return {
    values,
    value: (name: string, labels: Record<string, string> = {}) =>
      values(name).find(sample => Object.entries(labels).every(([label, of]) => sample.labels[label] === of))?.value,
  }
}
