import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'

/** Where something stands in a file, both from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** What is wrong with a file of settings, in one sentence. */
export interface FileProblem extends Place {
  readonly code: 'bad-setting'
  readonly message: string
}

/** A value of a file, as far as settings need one. `text` is how it is written there. */
export type TomlValue = { readonly text: string } & (
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'list'; readonly items: readonly TomlValue[] }
  | { readonly type: 'other' }
)

export interface TomlEntry {
  /** With its section, such as `log.level`; a part that is no bare key is quoted. */
  readonly key: string
  readonly keyAt: Place
  readonly value: TomlValue
  readonly valueAt: Place
}

/** A heading such as `[log]`. */
export interface TomlSection {
  readonly key: string
  readonly at: Place
  /** Whether it is one of a list, written `[[log]]`. */
  readonly listed: boolean
}

export interface TomlText {
  readonly entries: readonly TomlEntry[]
  readonly sections: readonly TomlSection[]
  /** At most one: the parser ends at the first place that is not TOML. */
  readonly problems: readonly FileProblem[]
}

/** Reads a text in TOML 1.0, https://toml.io/en/v1.0.0, into its entries in their order, each with its place. */
export function readToml(text: string): TomlText {
  try {
    const [top] = parseTOML(text, { tomlVersion: '1.0' }).body
    const entries: TomlEntry[] = []
    const sections: TomlSection[] = []
    for (const node of top.body) {
      if (node.type === 'TOMLKeyValue') collect(node, '', text, entries)
      else {
        const key = keyOf(node.key)
        sections.push({ key, at: placeOf(node.key), listed: node.kind === 'array' })
        for (const pair of node.body) collect(pair, `${key}.`, text, entries)
      }
    }
    return { entries, sections, problems: [] }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const { message, lineNumber: line, column } = error
    const sentence = `This is not TOML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`
    return {
      entries: [],
      sections: [],
      problems: [{ code: 'bad-setting', message: sentence, line, column: column + 1 }],
    }
  }
}

function collect(pair: AST.TOMLKeyValue, before: string, text: string, entries: TomlEntry[]): void {
  const key = before + keyOf(pair.key)
  const { value } = pair
  if (value.type === 'TOMLInlineTable')
    for (const inner of value.body) collect(inner, `${key}.`, text, entries)
  else
    entries.push({
      key,
      keyAt: placeOf(pair.key),
      value: readValue(value, text),
      valueAt: placeOf(value),
    })
}

function keyOf({ keys }: AST.TOMLKey): string {
  return keys
    .map((part) => (part.type === 'TOMLBare' ? part.name : part.value))
    .map((name) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name)))
    .join('.')
}

function readValue(node: AST.TOMLContentNode, source: string): TomlValue {
  const text = source.slice(...node.range)
  if (node.type === 'TOMLArray')
    return { type: 'list', items: node.elements.map((item) => readValue(item, source)), text }
  if (node.type === 'TOMLInlineTable') return { type: 'other', text }
  if (node.kind === 'string') return { type: 'string', value: node.value, text }
  if (node.kind === 'integer') return { type: 'integer', value: node.value, text }
  if (node.kind === 'boolean') return { type: 'boolean', value: node.value, text }
  return { type: 'other', text }
}

function placeOf({ loc }: AST.HasLocs): Place {
  return { line: loc.start.line, column: loc.start.column + 1 }
}
