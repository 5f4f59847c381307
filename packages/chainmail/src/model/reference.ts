import type { Extension, Option } from './extension.ts'

/** The reference page of an extension, or of those that share a name in different families, as Markdown. */
export function referencePage(
  [first, ...others]: readonly [Extension, ...Extension[]],
  golden: readonly string[],
): string {
  const forms = [first, ...others]
  return [
    `# ${first.name}`,
    '',
    ...forms.flatMap((form) => section(form, forms.length > 1)),
    ...(golden.length === 0 ? [] : ['## Examples', '', '```', ...golden, '```', '']),
  ].join('\n')
}

function section(extension: Extension, named: boolean): string[] {
  const { role, about, families, protocols, tables, anyTableOn, options, shorthands = [] } = extension
  const facts = [
    `A ${role}.`,
    families === undefined ? 'IPv4 and IPv6.' : `${families.map(familyName).join(' and ')} only.`,
    ...(tables === undefined
      ? []
      : [`In the ${tables.length === 1 ? 'table' : 'tables'} ${tables.join(', ')}.`]),
    ...(anyTableOn === undefined ? [] : [`On the ${anyTableOn} backend, in every table.`]),
    ...(protocols === undefined ? [] : [`Needs the protocol ${protocols.join(', ')}.`]),
  ]
  const entries = Object.entries(options)
  const rows = entries.map(([key, option]) => row(key, option))
  const spellings = shorthands.map(({ flag, key, also = [], value }) => {
    const keys = [key, ...also].map((name) => `\`${name}\``).join(' and ')
    return value === undefined
      ? `\`${flag}\` is another way to give ${keys}.`
      : `\`${flag}\` stands for ${keys}: \`${JSON.stringify(value)}\`.`
  })
  return [
    ...(named && families !== undefined ? [`## ${families.map(familyName).join(', ')}`, ''] : []),
    about,
    '',
    facts.join(' '),
    '',
    ...(entries.length === 0 ? ['It has no options.', ''] : [...tableHead, ...rows, '']),
    ...(spellings.length === 0 ? [] : [...spellings, '']),
  ]
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
  } = option
  const notes = [
    ...(required === true ? ['Required.'] : []),
    ...(negatable === true ? ['Can be negated.'] : []),
    ...(omitted === undefined ? [] : [`Left out when it is ${code(omitted)}.`]),
    ...(excludes.length === 0 ? [] : [`Not beside ${excludes.map((other) => `\`${other}\``).join(', ')}.`]),
    ...(tables === undefined ? [] : [`Only in the table ${tables.join(', ')}.`]),
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
