import { chunkNumber } from '../../model/kinds/chunk-types.ts'
import { icmpTypeName } from '../../model/kinds/icmp-type.ts'
import { mobilityTypeName } from '../../model/kinds/mobility-type.ts'
import { tosName } from '../../model/kinds/tos.ts'
import type { Piece } from './piece.ts'
import type { ListingContext, Shown, ShownOption } from './shown.ts'

/**
 * The parts of matches that follow no common form.
 */

const tcpFlagBits: ReadonlyMap<string, number> = new Map([
  ['FIN', 0x01],
  ['SYN', 0x02],
  ['RST', 0x04],
  ['PSH', 0x08],
  ['ACK', 0x10],
  ['URG', 0x20],
])

/** By names, or by their bits. */
export const tcpFlags: Piece = (shown, { numeric }) => {
  const option = shown.get('tcpFlags')
  if (option === undefined) return ''
  const lists = option.text.split(' ')
  const written = numeric ? lists.map((list) => byte(bitsOf(list, tcpFlagBits))) : lists
  return `flags:${option.not ? '!' : ''}${written.join('/')}`
}

const headerBits: ReadonlyMap<string, number> = new Map([
  ['hop-by-hop', 0x80],
  ['ipv6-opts', 0x40],
  ['ipv6-route', 0x20],
  ['ipv6-frag', 0x10],
  ['ah', 0x08],
  ['esp', 0x04],
  ['ipv6-nonxt', 0x02],
  ['protocol', 0x01],
])

export const ipv6Headers: Piece = (shown, { numeric }) => {
  const option = shown.get('header')
  if (option === undefined) return ''
  return `flags:${option.not ? '!' : ''}${numeric ? byte(bitsOf(option.text, headerBits)) : option.text}`
}

/** Two hexadecimal digits, in capitals. */
function byte(bits: number): string {
  return `0x${bits.toString(16).toUpperCase().padStart(2, '0')}`
}

function bitsOf(list: string, bits: ReadonlyMap<string, number>): number {
  return list.split(',').reduce((sum, name) => sum | (bits.get(name) ?? 0), 0)
}

/** A type by its name, or by its number and code. */
export function icmp(key: string, label: string): Piece {
  return (shown, { numeric, family }) => {
    const option = shown.get(key)
    if (option === undefined) return ''
    const { not, text } = option
    const name = numeric ? undefined : text === 'any' ? text : icmpTypeName(text, family)
    if (name !== undefined) return `${label} ${not ? '!' : ''}${name}`
    const [type = '', code] = (text === 'any' ? '255' : text).split('/')
    return `${label}${not ? ' !' : ''}type ${type}${code === undefined ? '' : ` code ${code}`}`
  }
}

export const mobility: Piece = (shown, { numeric }) => {
  const option = shown.get('mhType')
  if (option === undefined) return ''
  const types = option.text
    .split(':')
    .map((type) => (numeric ? undefined : mobilityTypeName(Number(type))) ?? type)
  return `${option.not ? '!' : ''}${types.join(':')}`
}

/** SCTP lists no condition for all ports. */
export function sctpPorts(piece: Piece, key: string): Piece {
  return (shown, context) => {
    const option = shown.get(key)
    const always = option?.text === '0:65535' && !option.not
    return always || typeof piece === 'string' ? '' : piece(shown, context)
  }
}

export const sctpChunks: Piece = (shown, { numeric }) => {
  const option = shown.get('chunkTypes')
  if (option === undefined) return ''
  const [scope = '', list = ''] = option.text.split(' ')
  const chunks = list.split(',').map((chunk) => {
    const [name = '', flags] = chunk.split(':')
    const number = numeric ? chunkNumber(name) : undefined
    const written = number === undefined ? name : `0x${number.toString(16).toUpperCase().padStart(4, '0')}`
    return flags === undefined ? written : `${written}:${flags}`
  })
  return `${option.not ? '! ' : ''}${scope} ${chunks.join(',')}`
}

const dccpTypeNumbers: ReadonlyMap<string, readonly number[]> = new Map(
  [
    'REQUEST',
    'RESPONSE',
    'DATA',
    'ACK',
    'DATAACK',
    'CLOSEREQ',
    'CLOSE',
    'RESET',
    'SYNC',
    'SYNCACK',
    'INVALID',
  ].map((name, number) => [name, name === 'INVALID' ? [10, 11, 12, 13, 14, 15] : [number]]),
)

export const dccpTypes: Piece = (shown, { numeric }) => {
  const option = shown.get('dccpTypes')
  if (option === undefined) return ''
  const types = option.text.split(',')
  const written = numeric
    ? types.flatMap((type) => dccpTypeNumbers.get(type) ?? []).sort((one, other) => one - other)
    : types
  return `${option.not ? '! ' : ''}${written.join(',')}`
}

export const tos: Piece = (shown, { numeric }) => {
  const option = shown.get('tos')
  if (option === undefined) return ''
  const not = option.not ? '!' : ''
  const name = numeric ? undefined : tosName(option.text)
  return name === undefined ? `tos match${not}${option.text}` : `tos match${not} ${capitals(name)}`
}

/** `minimize-delay` as `Minimize-Delay`. */
export function capitals(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** Between quotation marks, whether iptables-save needs them or not. */
export function quoted(text: string): string {
  return text.startsWith('"') ? text : `"${text}"`
}

/** Without the quotation marks that iptables-save puts around it. */
export function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text
}

/** Without the number of its instructions in front, and with the NUL that iptables prints behind them. */
export const bytecode: Piece = (shown) => {
  const option = shown.get('bytecode')
  if (option === undefined) return ` bpf --object-pinned ${shown.text('objectPinned')}`
  return `match bpf ${option.plain.replace(/^\d+,/, '')}\0`
}

/** IPsec's elements, numbered where there are several. */
export const policy: Piece = (shown, { numeric }) => {
  const elements = shown.text('elements')
  if (elements === '') return ''
  const list = elements.split(' --next ')
  return list
    .map((element, index) => {
      const words = element
        .replaceAll('--', '')
        .replace(
          /(?<=^|! |\s)proto (ah|esp|ipcomp)/,
          (_, name: string) => `proto ${numeric ? (encapsulations.get(name) ?? name) : name}`,
        )
      return list.length > 1 ? `[${index}] ${words}` : words
    })
    .join(' ')
}

const encapsulations: ReadonlyMap<string, string> = new Map([
  ['ah', '51'],
  ['esp', '50'],
  ['ipcomp', '108'],
])

export const time: Piece = (shown) => {
  const from = shown.has('timestart') ? [`from ${shown.text('timestart')} to ${shown.text('timestop')}`] : []
  const words = [
    'TIME',
    ...from,
    ...daysOf(shown.get('weekdays'), String),
    ...daysOf(shown.get('monthdays'), ordinal),
    ...(shown.has('datestart') ? [`starting from ${shown.text('datestart').replace('T', ' ')}`] : []),
    ...(shown.has('datestop') && shown.text('datestop') !== LAST_DATE
      ? [`until date ${shown.text('datestop').replace('T', ' ')}`]
      : []),
    ...(shown.has('kerneltz') ? [] : ['UTC']),
    ...(shown.has('contiguous') ? ['contiguous'] : []),
  ]
  return words.join(' ')
}

const LAST_DATE = '2038-01-19T03:14:07'

function daysOf(option: ShownOption | undefined, write: (day: string) => string): readonly string[] {
  return option === undefined ? [] : [`on ${option.text.split(',').map(write).join(',')}`]
}

/** As iptables forms it: by the last digit alone, so that 11 is `11st`. */
function ordinal(day: string): string {
  const ending = ['th', 'st', 'nd', 'rd'][Number(day) % 10] ?? 'th'
  return `${day}${ending}`
}

export const recentAction: Piece = (shown) => {
  for (const [key, name] of recentActions) {
    const option = shown.get(key)
    if (option !== undefined) return `${option.not ? '! ' : ''}recent: ${name}`
  }
  return ''
}

const recentActions = [
  ['set', 'SET'],
  ['rcheck', 'CHECK'],
  ['update', 'UPDATE'],
  ['remove', 'REMOVE'],
] as const

/** Of a fragment: the blank behind `frag` stands even where nothing follows. */
export const fragment: Piece = (shown) => {
  const number = shown.get('fragid')
  const length = shown.get('fraglen')
  const id =
    number === undefined
      ? ''
      : `id${number.text.includes(':') ? 's' : ''}:${number.not ? '!' : ''}${number.text}`
  const rest = [
    ...(length === undefined ? [] : [`length:${length.not ? '!' : ''}${length.text}`]),
    ...flagWords(shown, fragmentFlags),
  ]
  return `frag ${[id, ...rest].join(' ')}`
}

const fragmentFlags = [
  ['fragres', 'reserved'],
  ['fragfirst', 'first'],
  ['fragmore', 'more'],
  ['fraglast', 'last'],
] as const

function flagWords(shown: Shown, flags: readonly (readonly [string, string])[]): readonly string[] {
  return flags.flatMap(([key, name]) => (shown.has(key) ? [name] : []))
}

/** The nft backend lists nothing of it. */
export const eui64: Piece = (_, { backend }: ListingContext) => (backend === 'legacy' ? 'eui64 ' : '')
