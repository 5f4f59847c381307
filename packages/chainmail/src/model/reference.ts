import type { Extension, Option } from './extension.ts'
import type { Rule } from './rule.ts'

/** A rule in both of its forms: what iptables-save prints, and data. */
export interface Example {
  readonly text: string
  readonly rule: Rule
}

/** The reference page of an extension, or of those that share a name in different families, as Markdown. */
export function referencePage(
  [first, ...others]: readonly [Extension, ...Extension[]],
  examples: readonly Example[],
): string {
  const forms = [first, ...others]
  return [
    `# ${first.name}`,
    '',
    ...forms.flatMap((form) => section(form, forms.length > 1)),
    ...exampleLines(examples),
  ].join('\n')
}

function exampleLines(examples: readonly Example[]): string[] {
  if (examples.length === 0) return []
  return [
    '## Examples',
    '',
    '```',
    ...examples.map(({ text }) => text),
    '```',
    '',
    'The same as data:',
    '',
    '```json',
    ...examples.map(({ rule }) => JSON.stringify(rule)),
    '```',
    '',
  ]
}

function section(extension: Extension, titled: boolean): string[] {
  const { role, about, families, protocols, tables, anyTableOn, chains, options, shorthands = [] } = extension
  const facts = [
    `A ${role}.`,
    families === undefined ? 'IPv4 and IPv6.' : `${families.map(familyName).join(' and ')} only.`,
    ...(tables === undefined
      ? []
      : [`In the ${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')}.`]),
    ...(anyTableOn === undefined ? [] : [`On the ${anyTableOn} backend, in every table.`]),
    ...(chains === undefined ? [] : [chainsFact(chains)]),
    ...(protocols === undefined ? [] : [`Needs the protocol ${protocols.join(', ')}.`]),
  ]
  const entries = Object.entries(options)
  const rows = entries.map(([key, option]) => row(key, option))
  const named = new Set(entries.flatMap(([, { flag, aliases = [] }]) => [flag, ...aliases]))
  const others = shorthands.filter(({ flag }) => !named.has(flag))
  const spellings = others.map(({ flag, key, also = [], value }) => {
    const keys = [key, ...also].map((name) => `\`${name}\``).join(' and ')
    return value === undefined
      ? `\`${flag}\` is another way to give ${keys}.`
      : `\`${flag}\` stands for ${keys}: \`${JSON.stringify(value)}\`.`
  })
  return [
    ...(titled && families !== undefined ? [`## ${families.map(familyName).join(', ')}`, ''] : []),
    about,
    '',
    facts.join(' '),
    '',
    ...(entries.length === 0 ? ['It has no options.', ''] : [...tableHead, ...rows, '']),
    ...(spellings.length === 0 ? [] : [...spellings, '']),
  ]
}

function chainsFact(chains: NonNullable<Extension['chains']>): string {
  return typeof chains === 'function'
    ? 'Its options decide in which of the kernel’s own chains it may stand.'
    : `Of the kernel’s own chains in ${chains.join(', ')} only; in any chain of a user.`
}

const tableHead = ['| member | in iptables’ words | value | what it does |', '|---|---|---|---|']

function row(key: string, option: Option): string {
  const {
    flag,
    aliases = [],
    kind,
    negatable,
    required,
    about,
    excludes = [],
    needs = [],
    omitted,
    tables,
    chains,
  } = option
  const notes = [
    ...(required === true ? ['Required.'] : []),
    ...(negatable === true ? ['Can be negated.'] : []),
    ...(omitted === undefined ? [] : [`Left out when it is ${code(omitted)}.`]),
    ...(excludes.length === 0 ? [] : [`Not beside ${excludes.map((other) => `\`${other}\``).join(', ')}.`]),
    ...(tables === undefined ? [] : [`Only in the table ${tables.join(', ')}.`]),
    ...(chains === undefined ? [] : [`Of the kernel’s own chains in ${chains.join(', ')} only.`]),
    ...(needs.length === 0 ? [] : [`Only with ${needs.map((other) => `\`${other}\``).join(', ')}.`]),
  ]
  const spellings = [flag, ...aliases].map((spelling) => `\`${spelling}\``).join(', ')
  return `| \`${key}\` | ${spellings} | ${cell(kind.expects)} | ${cell([about, ...notes].join(' '))} |`
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function familyName(family: 'ipv4' | 'ipv6'): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6'
}
