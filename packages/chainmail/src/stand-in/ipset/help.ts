import { createOptions, isCreateOption, setTypes } from '@chainmail/kernel'
import { VERSION } from './words.ts'

const commands = [
  ['create SETNAME TYPENAME [OPTION...]', 'make a set'],
  ['add SETNAME ENTRY [OPTION...]', 'put an entry into a set'],
  ['del SETNAME ENTRY', 'take an entry out of a set'],
  ['test SETNAME ENTRY', 'tell whether a set holds an entry'],
  ['destroy [SETNAME]', 'remove a set, or all of them'],
  ['list [SETNAME]', 'print a set, or all of them'],
  ['save [SETNAME]', 'print sets as restore reads them'],
  ['restore', 'do what standard input says, a command a line'],
  ['flush [SETNAME]', 'empty a set, or all of them'],
  ['rename FROM TO', 'give a set another name'],
  ['swap ONE OTHER', 'exchange the contents of two sets'],
  ['help [TYPENAME]', 'print this, or what a type of set takes'],
  ['version', 'print the version'],
  ['-', 'read commands from standard input, answering each'],
] as const

const options = [
  ['-!, -exist', 'what is there already, or not any more, is no error'],
  ['-o, -output plain|save|xml', 'how list and save print'],
  ['-q, -quiet', 'print no errors and warnings'],
  ['-r, -resolve', 'print addresses by their names'],
  ['-s, -sorted', 'print entries in their order'],
  ['-n, -name', 'list names alone'],
  ['-t, -terse', 'list without entries'],
  ['-f, -file FILE', 'read from a file, or write to it'],
] as const

/** What ipset can do; in words of its own, since those of ipset itself are in its package. */
export function generalHelp(): string {
  return [
    `ipset v${VERSION}, stood in for by chainmail; ipset(8) tells more.`,
    '',
    'Usage: ipset [OPTION...] COMMAND',
    '',
    ...section('Commands', commands),
    ...section('Options', options),
    'Types of sets:',
    ...Object.keys(setTypes).map((type) => `  ${type}`),
    '',
  ].join('\n')
}

/** What a type of set takes; undefined for what is no type. */
export function typeHelp(type: string): string | undefined {
  const definition = Object.hasOwn(setTypes, type) ? setTypes[type] : undefined
  if (definition === undefined) return undefined
  const family = definition.families.length > 1 ? ' [family inet|inet6]' : ''
  const created = Object.keys(definition.createOptions).map(optionText).join(' ')
  const entries = Object.keys(definition.entryOptions)
    .map((name) => `[${name}]`)
    .join(' ')
  return `${type}:\n  create SETNAME ${type}${family} ${created}\n  add SETNAME ENTRY ${entries}\n`
}

function optionText(name: string): string {
  const isFlag = isCreateOption(name) && createOptions[name].kind === 'flag'
  if (name === 'range') return 'range RANGE'
  return isFlag ? `[${name}]` : `[${name} VALUE]`
}

function section(title: string, lines: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...lines.map(([words]) => words.length))
  return [`${title}:`, ...lines.map(([words, about]) => `  ${words.padEnd(width)}  ${about}`), '']
}
