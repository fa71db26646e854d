import * as v from 'valibot'

/** A variable of `variables.tf` or `provider.tf`, as a reader needs it. */
export interface Variable {
  readonly name: string
  readonly type: string
  /** As it is written there. */
  readonly default: string
  readonly description: string
  readonly sensitive: boolean
  /** What each validation says when it refuses a value. */
  readonly refusals: readonly string[]
}

/** Variables under one heading. */
export interface Section {
  readonly title: string
  readonly variables: readonly Variable[]
}

/** An output of `outputs.tf`. */
export interface Output {
  readonly name: string
  readonly description: string
  readonly sensitive: boolean
}

/** A setting that `main.tf` gives a function, and the variables that it is made of. */
export interface SetVariable {
  readonly name: string
  readonly from: readonly string[]
  readonly secret: boolean
}

/** Reads the variables, under the headings that the comments of dashes make. */
export function readSections(text: string): Section[] {
  const [, ...parts] = text.split(/^# -{10,} /m)
  return parts.map(part => ({
    title: part.slice(0, part.indexOf('\n')),
    variables: blocks(part, 'variable', variable),
  }))
}

/** Reads the outputs. */
export function readOutputs(text: string): Output[] {
  return blocks(text, 'output', output)
}

/** Reads what each rule of a key, and each pre- and postcondition, says when it refuses. */
export function readConditions(text: string): string[] {
  const rules = text.matchAll(/^ {4}(".+") = /gm)
  const conditions = text.matchAll(/^ {4}(?:pre|post)condition \{\n([\s\S]*?)\n {4}\}$/gm)
  return [
    ...Array.from(rules, ([, quoted = '']) => `keys.NAME: ${unquoted(quoted)}`),
    ...new Set(Array.from(conditions, ([, body = '']) => errorMessages(body)).flat()),
  ]
}

/**
 * Reads what Terraform sets in the environment of the functions, but for what only the release before reads. A name that
 * both functions have is given once; one that is made from a name of the user's has `<NAME>` for that.
 */
export function readSetVariables(allText: string): SetVariable[] {
  const text = allText.replace(/^ {2}old_\w*environment = [\s\S]*?^ {2}\)$/gm, '')
  const secretBlocks = Array.from(text.matchAll(/secret_environment_variables = ([\s\S]*?)\n\n/g), ([block]) => block)
  const settings = text.matchAll(/\b([A-Z][A-Z0-9_]{4,}) += ([^,}\n]*)/g)
  const found = new Map<string, readonly string[]>()
  for (const [, name = '', value = ''] of settings)
    found.set(name, [...(found.get(name) ?? []), ...sources(value, text)])
  for (const [, prefix] of text.matchAll(/"([A-Z]+_)\$\{upper\(/g)) found.set(`${prefix}<NAME>`, [])
  return Array.from(found, ([name, from]) => ({
    name,
    from: [...new Set(from)],
    secret: secretBlocks.some(block => block.includes(`${name} = `)),
  }))
}

/** The variables in an expression, and in the locals that it names. */
function sources(value: string, text: string): string[] {
  const locals = Array.from(value.matchAll(/\blocal\.(\w+)/g), ([, name = '']) => name)
  const values = locals.map(name => new RegExp(`^ {2}${name} += (.*)$`, 'm').exec(text)?.[1] ?? '')
  return [value, ...values].flatMap(part => Array.from(part.matchAll(/\bvar\.(\w+)/g), ([, name = '']) => name))
}

function variable(name: string, body: string): Variable {
  const [, type = ''] = /^ {2}type += ([\s\S]*?)\n(?= {2}\w)/m.exec(body) ?? []
  const [, fallback = ''] = /^ {2}default += (.+)$/m.exec(body) ?? []
  const { description, sensitive } = output(name, body)
  // The description names the attributes of an object.
  const shortType = type.replace(/\(\{[\s\S]*\}\)/, '')
  return { name, type: shortType, default: fallback, description, sensitive, refusals: errorMessages(body) }
}

function output(name: string, body: string): Output {
  const [, quoted = '""'] = /^ {2}description += (".*")$/m.exec(body) ?? []
  return { name, description: unquoted(quoted), sensitive: /^ {2}sensitive += true\b/m.test(body) }
}

function blocks<Block>(text: string, kind: string, read: (name: string, body: string) => Block): Block[] {
  const found = text.matchAll(new RegExp(`^${kind} "(\\w+)" \\{\\n([\\s\\S]*?)^\\}$`, 'gm'))
  return Array.from(found, ([, name = '', body = '']) => read(name, body))
}

function errorMessages(body: string): string[] {
  return Array.from(body.matchAll(/\berror_message += (".*")$/gm), ([, quoted = '']) => unquoted(quoted))
}

/** The escapes that are used are those of JSON; what is filled in is the name of a key. */
function unquoted(quoted: string): string {
  return v.parse(v.string(), JSON.parse(quoted)).replaceAll(/\$\{each\.key\}/g, 'NAME')
}
