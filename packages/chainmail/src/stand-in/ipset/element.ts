import { type Family, type SetHeader, setTypes } from '@chainmail/kernel'
import { addressText } from './address.ts'
import { checkLength } from './call.ts'
import { numberOf } from './number.ts'
import { barePortText, portText } from './port.ts'
import { IpsetRefusal, syntaxError } from './refusal.ts'

/** An element of a set, and what it says beside: of a list, `A,before,B` is an old spelling. */
export interface ReadElement {
  readonly element: string
  readonly before?: string
  readonly after?: string
}

/** if.h: IFNAMSIZ counts the closing NUL. */
const LONGEST_INTERFACE = 15

/**
 * The element that a word means for a set, in the words that the kernel's side reads: names are looked up, and ranges
 * begin with their lower end.
 *
 * @throws IpsetRefusal
 */
export async function readElement(word: string, { type, family }: SetHeader): Promise<ReadElement> {
  if (type === 'list:set') return readMember(word)
  const parts = splitElement(word, type)
  const kinds = type.slice(type.indexOf(':') + 1).split(',')
  const definition = setTypes[type]
  const read: string[] = []
  for (const [index, part] of parts.entries()) {
    const kind = definition?.element[index]
    read.push(await partText(part, kind, kinds[index] ?? '', family === 'inet6' ? 'ipv6' : 'ipv4'))
  }
  return { element: read.join(',') }
}

async function partText(
  part: string,
  kind: string | undefined,
  word: string,
  family: Family,
): Promise<string> {
  switch (kind) {
    case 'address':
    case 'secondAddress':
      if (family === 'ipv4') return addressText(part, family, 'any')
      return addressText(part, family, word === 'net' ? 'network' : 'plain')
    case 'singleAddress':
    case 'secondSingleAddress':
      return addressText(part, family, 'plain')
    case 'port':
      return portText(part, family)
    case 'barePort':
      return barePortText(part)
    case 'ethernet':
    case 'optionalEthernet':
      return ethernetText(part)
    case 'mark':
      return String(numberOf(part, 0, 0xffff_ffff))
    case 'interface':
      return interfaceText(part)
    default:
      return part
  }
}

function ethernetText(part: string): string {
  const octets = part.split(':')
  if (octets.length !== 6 || octets.some((octet) => !/^[0-9a-f]{1,2}$/i.test(octet)))
    throw syntaxError(`cannot parse '${part}' as ethernet address`)
  return octets.map((octet) => octet.padStart(2, '0')).join(':')
}

function interfaceText(part: string): string {
  const name = part.replace(/^physdev:/, '')
  if (Buffer.byteLength(name) > LONGEST_INTERFACE)
    throw syntaxError(`interface name '${name}' is longer than ${LONGEST_INTERFACE} characters`)
  return part
}

const counts = ['none', 'one', 'two'] as const
const places = ['First', 'Second', 'Third'] as const
const separators = ['Elem separator', 'Two elem separators', 'Three elem separators'] as const

/** The parts of an element, as many as the type has; a part in brackets may hold commas. */
function splitElement(word: string, type: string): readonly string[] {
  const wanted = setTypes[type]?.element ?? ['address']
  const parts = word.match(/(?:\[[^\]]*\]|[^,[]|\[)+/g) ?? [word]
  if (word === ',' || !word.includes(',')) {
    if (wanted.length === 1 || wanted[1] === 'optionalEthernet') return [word]
    throw missing('Second', word)
  }
  const separated = word.split(/,(?![^[]*\])/).length
  if (separated > wanted.length)
    throw syntaxError(
      `${separators[wanted.length - 1]} in ${word}, but settype ${type} supports ${counts[wanted.length - 1]}.`,
    )
  if (parts.length < wanted.length) throw missing(places[parts.length] ?? 'Second', word)
  return parts
}

function missing(place: string, word: string): IpsetRefusal {
  return syntaxError(`${place} element is missing from ${word}.`)
}

function readMember(word: string): ReadElement {
  const [element = '', place, other, ...rest] = word.split(',')
  checkLength(element)
  if (place === undefined) return { element }
  if (other === undefined || rest.length > 0 || (place !== 'before' && place !== 'after'))
    throw new IpsetRefusal('you must specify elements as setname,[before|after],setname')
  checkLength(other)
  return { element, [place]: other }
}
