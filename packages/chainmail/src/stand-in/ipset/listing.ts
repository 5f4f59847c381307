import { addLine, createLine, type SetDescription, type SetEntry } from '@chainmail/kernel'
import type { IpsetOptions, OutputMode } from './call.ts'
import { sortedEntries } from './order.ts'

/** A set to be printed; without its entries where nobody wants them. */
export interface ListedSet {
  readonly description: SetDescription
  readonly entries: readonly SetEntry[]
}

/** Prints sets as ipset does. */
export function renderSets(sets: readonly ListedSet[], options: IpsetOptions, mode: OutputMode): string {
  const ordered = options.sorted
    ? sets.map(({ description, entries }) => ({ description, entries: sortedEntries(description, entries) }))
    : sets
  switch (mode) {
    case 'save':
      return ordered.map(savedText).join('')
    case 'plain':
      if (options.names) return ordered.map(({ description }) => `${description.name}\n`).join('')
      return ordered.map((set) => plainText(set, options)).join('\n')
    case 'xml':
      return `<ipsets>\n${ordered.map((set) => xmlText(set, options)).join('')}</ipsets>\n`
  }
}

function savedText({ description, entries }: ListedSet): string {
  const { name, type, options } = description
  const lines = [createLine(name, type, options), ...entries.map((entry) => addLine(name, entry))]
  return lines.map((line) => `${line}\n`).join('')
}

function plainText({ description, entries }: ListedSet, { terse }: IpsetOptions): string {
  const { name, type, revision, memory, references } = description
  const lines = [
    `Name: ${name}`,
    `Type: ${type}`,
    `Revision: ${revision}`,
    `Header: ${headerWords(description).join(' ')}`,
    `Size in memory: ${memory}`,
    `References: ${references}`,
    `Number of entries: ${description.entries}`,
    ...(terse ? [] : ['Members:', ...entries.map(memberText)]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** A line of `ipset save` is `add NAME ` and the member. */
function memberText(entry: SetEntry): string {
  return addLine('', entry).slice('add  '.length)
}

function headerWords({ type, options }: SetDescription): readonly string[] {
  return createLine('', type, options).slice(`create  ${type} `.length).split(' ')
}

function xmlText({ description, entries }: ListedSet, { names, terse }: IpsetOptions): string {
  const { name, type, revision, memory, references } = description
  if (names) return `<ipset name="${name}"/>\n`
  const members = entries.map((entry) => `${memberXml(entry)}\n`).join('')
  return [
    `<ipset name="${name}">\n<type>${type}</type>\n<revision>${revision}</revision>\n`,
    `<header>${headerXml(description)}\n<memsize>${memory}</memsize>\n<references>${references}</references>\n`,
    `<numentries>${description.entries}</numentries>\n</header>\n`,
    terse ? '' : `<members>\n${members}</members>\n`,
    '</ipset>\n',
  ].join('')
}

const flagWords: ReadonlySet<string> = new Set(['counters', 'comment', 'skbinfo', 'forceadd'])

function headerXml(description: SetDescription): string {
  const words = headerWords(description)
  let xml = ''
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    xml += flagWords.has(word) ? `<${word}/>` : `<${word}>${words[++at]}</${word}>`
  }
  return xml
}

function memberXml(entry: SetEntry): string {
  const { element, timeout, nomatch, wildcard, packets, bytes, comment, skbmark, skbprio, skbqueue } = entry
  const values = { timeout, nomatch, wildcard, packets, bytes, comment, skbmark, skbprio, skbqueue }
  let xml = `<elem>${element}</elem>`
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false || value === '') continue
    if (value === true) xml += `<${name}/>`
    else xml += `<${name}>${name === 'comment' ? `"${value}"` : value}</${name}>`
  }
  return `<member>${xml}</member>`
}
