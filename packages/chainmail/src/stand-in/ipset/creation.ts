import {
  type CreateOptionName,
  type CreateOptions,
  createOptions,
  type Family,
  isCreateOption,
  maximumTimeout,
  type SetFamily,
  setTypes,
} from '@chainmail/kernel'
import { bitmapRange, hostAddress } from './address.ts'
import { numberOf } from './number.ts'
import { barePortText } from './port.ts'
import { IpsetRefusal, syntaxError, wrongArguments } from './refusal.ts'
import type { CommandSets } from './sets.ts'

/** A set that somebody wants to create. */
export interface Creation {
  readonly type: string
  readonly options: CreateOptions
  /** What was read over, and is told of. */
  readonly warnings: readonly string[]
}

/** The names that types had in the first versions of ipset. */
const typeNames: ReadonlyMap<string, string> = new Map([
  ['ipmap', 'bitmap:ip'],
  ['macipmap', 'bitmap:ip,mac'],
  ['portmap', 'bitmap:port'],
  ['iphash', 'hash:ip'],
  ['nethash', 'hash:net'],
  ['machash', 'hash:mac'],
  ['ipmarkhash', 'hash:ip,mark'],
  ['ipporthash', 'hash:ip,port'],
  ['ipportiphash', 'hash:ip,port,ip'],
  ['ipportnethash', 'hash:ip,port,net'],
  ['netporthash', 'hash:net,port'],
  ['netnethash', 'hash:net,net'],
  ['netportnethash', 'hash:net,port,net'],
  ['netifacehash', 'hash:net,iface'],
  ['setlist', 'list:set'],
])

/** Options of the first versions that mean nothing any more. */
const ignored: ReadonlySet<string> = new Set(['probes', 'resize', 'gc'])

/** Ends of a bitmap's range, as the first versions had them. */
const rangeWords: ReadonlySet<string> = new Set(['network', 'from', 'to'])

const UNSIGNED = 0xffff_ffff

/** The numbers that each option may have; what the kernel would correct is corrected here, as it would. */
const numbers: Readonly<
  Partial<Record<CreateOptionName, { readonly most: number; correct(value: number): number }>>
> = {
  timeout: { most: maximumTimeout, correct: (value) => value },
  hashsize: { most: UNSIGNED, correct: (value) => Math.max(value, 1) },
  maxelem: { most: UNSIGNED, correct: (value) => value },
  size: { most: UNSIGNED, correct: (value) => Math.max(value, 1) },
  markmask: { most: UNSIGNED, correct: (value) => value },
  initval: { most: UNSIGNED, correct: (value) => value },
  bucketsize: { most: 255, correct: (value) => Math.min(Math.max(value, 2), 14) },
}

/**
 * The set that the words behind a new set's name mean.
 *
 * @throws IpsetRefusal; KernelError `set-type-unsupported`
 */
export async function readCreation(
  words: readonly string[],
  { checkType }: Pick<CommandSets, 'checkType'>,
): Promise<Creation> {
  const [typeWord = '', ...rest] = words
  const type = typeNames.get(typeWord) ?? typeWord
  const definition = Object.hasOwn(setTypes, type) ? setTypes[type] : undefined
  if (definition === undefined) throw syntaxError(`typename '${typeWord}' is unknown`)
  const hasFamilies = definition.families.length > 1
  const family = hasFamilies ? familyIn(rest) : undefined
  checkType(type, family ?? definition.families[0])
  const options: CreateOptions = family === undefined ? {} : { family }
  const ends: { from?: string; to?: string } = {}
  const seen = new Set<string>()
  const warnings: string[] = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? ''
    const name = word.startsWith('--') ? word.slice(2) : word
    const isFamily = hasFamilies && (name === 'family' || name === '-4' || name === '-6')
    const isRange = definition.createOptions.range !== undefined && rangeWords.has(name)
    const isIgnored = ignored.has(name) && type.startsWith('hash:')
    const isKnown = isCreateOption(name) && definition.createOptions[name] !== undefined
    if (!isFamily && !isRange && !isIgnored && !isKnown) throw wrongArguments(`Unknown argument: \`${word}'`)
    const isFlag = isKnown && createOptions[name].kind === 'flag'
    const value = isFlag || name === '-4' || name === '-6' ? '' : rest[++at]
    if (value === undefined) throw wrongArguments(`Missing mandatory argument of option \`${name}'`)
    const key = isFamily ? 'family' : name === 'network' ? 'range' : name
    if (seen.has(key) && !isFlag) throw syntaxError(`${name} already specified`)
    seen.add(key)
    if (isIgnored) warnings.push(`Option '--${name} ${value}' is ignored. Please upgrade your syntax.`)
    else if (name === 'from' || name === 'to') ends[name] = value
    else if (isFlag) Object.assign(options, { [name]: true })
    else if (key === 'range') options.range = await rangeOf(type, value)
    else if (isKnown) Object.assign(options, { [name]: await optionValue(name, value, family ?? 'inet') })
    if (options.netmask !== undefined && options.bitmask !== undefined)
      throw syntaxError('bitmask and netmask are mutually exclusive, provide only one')
  }
  if (ends.from !== undefined && ends.to !== undefined)
    options.range = await rangeOf(type, `${ends.from}-${ends.to}`)
  if (definition.createOptions.range !== undefined && options.range === undefined)
    throw wrongArguments("Mandatory option `range' is missing")
  return { type, options, warnings }
}

/** Other options depend on it, wherever it stands. */
function familyIn(words: readonly string[]): SetFamily {
  for (const [at, word] of words.entries()) {
    if (word === '-6') return 'inet6'
    if (word === '-4') return 'inet'
    if (word !== 'family' && word !== '--family') continue
    const value = words[at + 1]
    if (value === undefined) break
    if (value === 'inet' || value === 'ipv4') return 'inet'
    if (value === 'inet6' || value === 'ipv6') return 'inet6'
    throw syntaxError(`unknown inet family ${value}`)
  }
  return 'inet'
}

async function optionValue(
  name: CreateOptionName,
  word: string,
  family: SetFamily,
): Promise<string | number> {
  if (name === 'netmask') return netmaskOf(word, family)
  if (name === 'bitmask') return bitmaskOf(word, family)
  const number = numbers[name]
  return number === undefined ? word : number.correct(Number(numberOf(word, 0, number.most)))
}

function netmaskOf(word: string, family: SetFamily): number {
  const bits = family === 'inet6' ? 128 : 32
  return explained(
    () => Number(numberOf(word, 1, bits)),
    `netmask is out of the inclusive range of 1-${bits}`,
  )
}

async function bitmaskOf(word: string, family: SetFamily): Promise<string> {
  const kind: Family = family === 'inet6' ? 'ipv6' : 'ipv4'
  const found = await hostAddress(word, kind).catch((error: unknown) => ({ error }))
  if (typeof found === 'string') return found
  return explained(() => {
    throw found.error
  }, `bitmask is not valid for family = ${family}`)
}

/** Tells a second sentence behind what is wrong. */
function explained<Value>(read: () => Value, sentence: string): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof IpsetRefusal)) throw error
    throw new IpsetRefusal(`${error.message}\nSyntax error: ${sentence}`, { restored: 'by its last line' })
  }
}

async function rangeOf(type: string, word: string): Promise<string> {
  if (type !== 'bitmap:port') return bitmapRange(word)
  const range = barePortText(word)
  if (!range.includes('-')) throw wrongArguments("Mandatory option `to' is missing")
  return range
}
