import { type AnyText, type Bounded, type Context, type Kind, type Spelled, wordKind } from '../kind.ts'
import { type ServiceName, servicePort } from '../names/services.ts'
import { readAddress } from './address.ts'
import { readInteger } from './number.ts'

/**
 * Where an address translation leads, in iptables' own words: `'192.0.2.7'`, `'192.0.2.7-192.0.2.9'`,
 * `'192.0.2.7:8080'`, `':8000-8999'`, `'[2001:db8::7]:8080'`; with a base port `'192.0.2.7:8000-8999/80'`.
 */
export type NatRange = string

/** A port, or ports from the first to the last, both included: `'1024-65535'`. */
export type NatPorts = number | `${number}-${number}`

const NUMBERS = /^(\w+)(?:-(\w+)(?:\/([\w-]+))?)?$/

function readNumber(word: string): number | undefined {
  const port = readInteger(word)
  return port !== undefined && port <= 65535 ? port : undefined
}

/** `80`, `http`, `8000-8999`, and with a base port `8000-8999/http`. A range has no names in it. */
function readPorts(word: string, based: boolean): string | undefined {
  const [, firstWord = '', lastWord = firstWord, baseWord] = NUMBERS.exec(word) ?? []
  const first = readNumber(firstWord)
  const last = readNumber(lastWord)
  if (first === undefined || last === undefined) return servicePort(word)?.toString()
  if (baseWord === undefined) {
    if (first > last) return undefined
    return first === last ? `${first}` : `${first}-${last}`
  }
  const base = readNumber(baseWord) ?? servicePort(baseWord) ?? 0
  return based && base > 0 && first < last ? `${first}-${last}/${base}` : undefined
}

/** One address, or two that are parted by a dash; the second may be the smaller. */
function readAddresses(word: string, context: Context): string | undefined {
  const [firstWord = '', lastWord = firstWord, ...more] = word.split('-')
  const first = readAddress(firstWord, context.family)
  const last = readAddress(lastWord, context.family)
  if (first === undefined || last === undefined || more.length > 0) return undefined
  return first === last ? first : `${first}-${last}`
}

/** The addresses, and the text behind the colon in front of the ports. */
function takeApart(word: string, { family }: Context): readonly [addresses: string, ports?: string] {
  if (family === 'ipv6' && !word.startsWith('[')) {
    return word.startsWith(':') && !word.startsWith('::') ? ['', word.slice(1)] : [word]
  }
  const [, bracketed, plain = '', ports] = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(.*))?$/.exec(word) ?? []
  if (family === 'ipv4' && bracketed !== undefined) return ['-']
  return ports === undefined ? [bracketed ?? plain] : [bracketed ?? plain, ports]
}

function readRange(word: string, based: boolean, context: Context): NatRange | undefined {
  const [addressText, portText] = takeApart(word, context)
  if (portText === undefined) return readAddresses(addressText, context)
  const ports = readPorts(portText, based)
  const addresses = addressText === '' ? '' : readAddresses(addressText, context)
  if (ports === undefined || addresses === undefined) return undefined
  return addresses !== '' && context.family === 'ipv6' ? `[${addresses}]:${ports}` : `${addresses}:${ports}`
}

function natRange(based: boolean): Kind<NatRange> {
  const shape = `[address[-address]][:port[-port${based ? '[/base port]' : ''}]]`
  return wordKind({
    expects: `${shape}, with the addresses in brackets if they are IPv6 and ports follow`,
    schema: { type: 'string', minLength: 2, examples: ['192.0.2.7', '192.0.2.7:8080', '[2001:db8::7]:8080'] },
    read: (word, context) => readRange(word, based, context),
  })
}

/** The new source: addresses and ports. */
export const natSource = natRange(false)

/** The new destination: addresses, ports, and the port from which on they are counted. */
export const natDestination = natRange(true)

/** Ports for the machine's own address. */
export const natPorts: Kind<NatPorts, NatPorts | AnyText> &
  Bounded<0, 65535> &
  Spelled<ServiceName | `${number}` | `${number}-${number}`> = wordKind<NatPorts, NatPorts | AnyText>({
  expects: 'a port (0 to 65535), the name of a service, or a range of ports such as 1024-65535',
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: 65535 },
      { type: 'string', pattern: '^[0-9]{1,5}-[0-9]{1,5}$' },
      { type: 'string', description: 'the name of a service, as in /etc/services' },
    ],
  },
  read: (word) => {
    const [first = '', last] = readPorts(word, false)?.split('-') ?? []
    if (first === '') return undefined
    return last === undefined ? Number(first) : `${Number(first)}-${Number(last)}`
  },
})

const withPorts: readonly (string | undefined)[] = ['tcp', 'udp', 'sctp', 'dccp', 'icmp']

/** What is wrong with ports in a translation of this protocol, if anything. */
export function refusesPorts(protocol: string | undefined): string | undefined {
  return withPorts.includes(protocol)
    ? undefined
    : "ports need the rule's protocol to be tcp, udp, sctp or dccp"
}

/** Whether the range names ports: it has brackets, or one colon, which no IPv6 address has. */
export function hasPorts(range: unknown): boolean {
  return typeof range === 'string' && (range.startsWith('[') || range.split(':').length === 2)
}
