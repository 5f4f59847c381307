/**
 * The grammar of rfw's requests: a method and a request target become a command, or are refused with a sentence.
 *
 * 1. What is understood is written down here, segment by segment; whatever is not is refused. So no quote, blank,
 *    line break, NUL, option or encoded slash ever gets as far as a rule.
 * 2. The path is split at its slashes before it is decoded: `%2F` never makes two segments of one.
 * 3. Letters' case means nothing, as in rfw; so an interface whose name has capitals can't be named here.
 */
import {
  type Address,
  AddressError,
  addressBits,
  type Family,
  formatAddress,
  parseAddress,
  quote,
} from '@chainmail/kernel'
import { type Action, actions, type Chain, chains, type Entry } from './entry.ts'
import { type Network, readNetwork } from './network.ts'

export type Command =
  | { readonly do: 'help' }
  | { readonly do: 'list'; readonly chain: Chain | undefined }
  /** `seconds` until the entry runs out; 0 for ever. */
  | { readonly do: 'put'; readonly entry: Entry; readonly seconds: number }
  | { readonly do: 'delete'; readonly entry: Entry }

export interface CommandSettings {
  /** Whether a GET may change something, with `modify` in its query. rfw.conf: non.restful */
  readonly nonRestful: boolean
  /** Seconds until an entry runs out when the request does not say; 0 for ever. rfw.conf: default.expire */
  readonly defaultExpire: number
}

export type Method = 'GET' | 'PUT' | 'DELETE'

/** The request can't be understood, or asks for what rfw never allows. The message is one sentence. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/**
 * rfw refuses networks wider than these, so that a slip does not cut off half of the Internet. A /17 of IPv6 is
 * wider than what a registry hands to one provider, as a /9 of IPv4 is.
 */
const widestPrefix: Readonly<Record<Family, number>> = { ipv4: 9, ipv6: 17 }

/** A hundred years in seconds: no ban needs longer, and `0` is for ever. */
const LONGEST_EXPIRE = 100 * 366 * 86_400

/** IFNAMSIZ is 16 with the closing NUL. uapi/linux/if.h */
const LONGEST_INTERFACE = 15
const PRINTABLE = /^[!-~]+$/
const INTERFACE = /^[a-z0-9_][a-z0-9_.-]*$/
const EXPIRE = /^(\d{1,9})([smhd]?)$/
const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 }

/**
 * @param target path and query as they came, still encoded
 * @throws CommandError
 */
export function parseCommand(method: Method, target: string, settings: CommandSettings): Command {
  const [path = '', ...queries] = target.split('?')
  const parameters = readQuery(queries.join('?'))
  const segments = splitPath(path)
  const [first = ''] = segments
  if (segments.length === 0) return onlyGet(method, parameters, { do: 'help' })
  if (first === 'list') return onlyGet(method, parameters, { do: 'list', chain: readListChain(segments) })
  const action = oneOf(actions, first)
  if (action === undefined)
    throw new CommandError(
      `${quote(first)} is none of drop, accept, reject and list; GET / describes the paths`,
    )
  return change(
    verbOf(method, parameters, settings),
    readEntry(action, segments.slice(1)),
    parameters,
    settings,
  )
}

/** The time span of `expire`: `600`, `30s`, `10m`, `2h` or `1d`, in seconds; 0 is for ever. */
export function parseExpire(text: string): number | undefined {
  const [, amount, unit = ''] = EXPIRE.exec(text) ?? []
  if (amount === undefined) return undefined
  const seconds = Number(amount) * (secondsOf[unit] ?? 0)
  return seconds <= LONGEST_EXPIRE ? seconds : undefined
}

function change(
  verb: 'put' | 'delete',
  entry: Entry,
  parameters: ReadonlyMap<Parameter, string>,
  { defaultExpire }: CommandSettings,
): Command {
  // Every answer waits until the change is made, whatever this says.
  const wait = parameters.get('wait')
  if (wait !== undefined && !/^(?:|true|false)$/i.test(wait))
    throw new CommandError(`wait is true or false, not ${quote(wait)}`)
  const expire = parameters.get('expire')
  const seconds = expire === undefined ? defaultExpire : parseExpire(expire)
  if (seconds === undefined)
    throw new CommandError(
      `expire is a number of seconds, or 30s, 10m, 2h, 1d, or 0 for ever, and at most 36600d, not ${quote(expire ?? '')}`,
    )
  return verb === 'put' ? { do: 'put', entry, seconds } : { do: 'delete', entry }
}

function verbOf(
  method: Method,
  parameters: ReadonlyMap<Parameter, string>,
  { nonRestful }: CommandSettings,
): 'put' | 'delete' {
  const modify = parameters.get('modify')
  if (method !== 'GET') {
    if (modify !== undefined) throw new CommandError('modify belongs to GET only')
    return method === 'PUT' ? 'put' : 'delete'
  }
  if (!nonRestful)
    throw new CommandError(
      'GET changes nothing here, use PUT or DELETE; the setting non.restful would allow it',
    )
  if (modify === 'insert') return 'put'
  if (modify === 'delete') return 'delete'
  throw new CommandError('a GET that changes something says modify=insert or modify=delete')
}

function onlyGet(method: Method, parameters: ReadonlyMap<Parameter, string>, command: Command): Command {
  if (method !== 'GET') throw new CommandError('this path is read with GET')
  const [unexpected] = parameters.keys()
  if (unexpected !== undefined) throw new CommandError(`${unexpected} means nothing on this path`)
  return command
}

const parameterNames = ['expire', 'wait', 'modify'] as const
type Parameter = (typeof parameterNames)[number]

function readQuery(query: string): Map<Parameter, string> {
  const parameters = new Map<Parameter, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    const parameter = oneOf(parameterNames, name)
    if (parameter === undefined)
      throw new CommandError(`the query may hold expire, wait and modify, not ${quote(name)}`)
    if (parameters.has(parameter)) throw new CommandError(`the query holds ${parameter} twice`)
    parameters.set(parameter, value)
  }
  return parameters
}

function splitPath(path: string): string[] {
  if (!path.startsWith('/')) throw new CommandError(`the path ${quote(path)} does not begin with /`)
  const inner = path.endsWith('/') ? path.slice(1, -1) : path.slice(1)
  if (inner === '') return []
  return inner.split('/').map((segment) => {
    const decoded = decode(segment)
    if (decoded === '') throw new CommandError('the path has nothing between two of its slashes')
    // Beyond ASCII, two different names can be one in lower case.
    if (!PRINTABLE.test(decoded)) throw new CommandError(`${quote(decoded)} can't stand in a path`)
    return decoded.toLowerCase()
  })
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new CommandError(`${quote(segment)} is not encoded as a part of a URL`)
  }
}

function readListChain([, chain, ...rest]: readonly string[]): Chain | undefined {
  if (chain === undefined) return undefined
  if (rest.length > 0) throw new CommandError('the path of a list ends with its chain')
  return readChain(chain)
}

function readChain(text: string): Chain {
  const chain = oneOf(chains, text)
  if (chain === undefined) throw new CommandError(`the chain is input, output or forward, not ${quote(text)}`)
  return chain
}

function readEntry(action: Action, [chainText, ...segments]: readonly string[]): Entry {
  if (chainText === undefined) throw new CommandError(`/${action} needs a chain, an interface and an address`)
  const chain = readChain(chainText)
  const rest = [...segments]
  const interfaceText = rest.shift()
  const addressText = rest.shift()
  if (interfaceText === undefined || addressText === undefined)
    throw new CommandError(`/${action}/${chain} needs an interface (or any) and an address`)
  const inner = chain === 'forward' ? readForward(interfaceText, addressText, rest) : undefined
  const entry = inner ?? readSimple(chain, interfaceText, addressText, rest)
  if (rest.length > 0) throw new CommandError(`the path goes on behind its end: ${quote(rest.join('/'))}`)
  return { action, chain, ...entry }
}

type Selection = Omit<Entry, 'action' | 'chain'>

function readSimple(chain: Chain, interfaceText: string, addressText: string, rest: string[]): Selection {
  const name = readInterface(interfaceText)
  const address = readAddress(addressText, rest)
  const { family } = address
  return chain === 'output'
    ? { family, ...(name === undefined ? {} : { outInterface: name }), destination: address }
    : { family, ...(name === undefined ? {} : { inInterface: name }), source: address }
}

function readForward(interfaceText: string, addressText: string, rest: string[]): Selection {
  const inInterface = readInterface(interfaceText)
  const any = anyFamily(addressText)
  if (any !== undefined && isMask(rest[0]))
    throw new CommandError(`${addressText} stands for any source and has no mask`)
  const source = any === undefined ? readAddress(addressText, rest) : undefined
  const outText = rest.shift()
  const destinationText = rest.shift()
  const outInterface = outText === undefined ? undefined : readInterface(outText)
  const destination = destinationText === undefined ? undefined : readAddress(destinationText, rest)
  const family = source?.family ?? any ?? 'ipv4'
  if (destination !== undefined && destination.family !== family)
    throw new CommandError('source and destination are of two families; :: stands for any source of IPv6')
  return {
    family,
    ...(inInterface === undefined ? {} : { inInterface }),
    ...(outInterface === undefined ? {} : { outInterface }),
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  }
}

/** A name that does not end in a digit is a prefix; one that fills the kernel's 15 bytes is only itself. */
function readInterface(text: string): string | undefined {
  if (text === 'any') return undefined
  if (!INTERFACE.test(text)) throw new CommandError(`${quote(text)} is not the name of an interface, nor any`)
  if (text.length > LONGEST_INTERFACE)
    throw new CommandError(
      `the interface ${quote(text)} has more than the ${LONGEST_INTERFACE} characters of the kernel's names`,
    )
  return /\d$/.test(text) || text.length === LONGEST_INTERFACE ? text : `${text}+`
}

/** The family of the unspecified address, 0.0.0.0 or ::. */
function anyFamily(text: string): Family | undefined {
  const { family, bytes } = readWholeAddress(text)
  return bytes.every((byte) => byte === 0) ? family : undefined
}

/** Takes the mask from the front of `rest` when one is there. */
function readAddress(text: string, rest: string[]): Network {
  const { family } = readWholeAddress(text)
  const mask = isMask(rest[0]) ? rest.shift() : undefined
  const prefix = mask === undefined ? addressBits(family) : Number(mask)
  if (prefix < widestPrefix[family] || prefix > addressBits(family))
    throw new CommandError(
      `the mask of ${text} is from ${widestPrefix[family]} to ${addressBits(family)}, not ${prefix}`,
    )
  const network = readNetwork(`${text}/${prefix}`)
  if (network.value === 0n)
    throw new CommandError(
      `${network.text} begins with the address that stands for any source of a forward rule and for nothing else`,
    )
  return network
}

function isMask(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,3}$/.test(text)
}

function readWholeAddress(text: string): Address {
  const address = parsed(text)
  const { family, bytes } = address
  if (family === 'ipv6' && isMapped(bytes))
    throw new CommandError(
      `no packet carries the address ${text}: name the IPv4 address ${mappedText(bytes)}`,
    )
  return address
}

function parsed(text: string): Address {
  try {
    if (!text.includes('/')) return parseAddress(text)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
  }
  throw new CommandError(`${quote(text)} is not an IPv4 or IPv6 address`)
}

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2 */
function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
}

function mappedText(bytes: Uint8Array): string {
  return formatAddress({ family: 'ipv4', bytes: bytes.subarray(12), prefix: 32 })
}

function oneOf<const Choice extends string>(choices: readonly Choice[], text: string): Choice | undefined {
  return choices.find((choice) => choice === text)
}
