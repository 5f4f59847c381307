/** The addresses and ranges among the create options. */
import { type Address, addressBits, formatAddress, parseAddress } from '../address.ts'
import { InputError, quote } from '../errors.ts'
import type { CreateValues } from './messages.ts'
import { scanPort } from './port-elements.ts'

type AddressValue = NonNullable<CreateValues['ip']>

/** @throws AddressError */
export function addressValue(text: string): AddressValue {
  return familyBytes(parseAddress(text))
}

export function addressText(value: AddressValue | undefined): string | undefined {
  if (value?.ipv4?.length === 4) return formatAddress({ family: 'ipv4', bytes: value.ipv4, prefix: 32 })
  if (value?.ipv6?.length === 16) return formatAddress({ family: 'ipv6', bytes: value.ipv6, prefix: 128 })
  return undefined
}

/**
 * The attributes of the create option `range`.
 * @throws InputError `bad-set-option`, AddressError
 */
export function rangeValues(typeName: string, text: string): CreateValues {
  const dash = text.indexOf('-')
  return typeName === 'bitmap:port' ? portRange(text, dash) : addressRange(text, dash)
}

/** The range of a set as the kernel lists it, or undefined when the set has none. */
export function rangeText(values: CreateValues): string | undefined {
  const { port, portTo } = values
  if (port !== undefined && portTo !== undefined) return `${port}-${portTo}`
  const ip = addressText(values.ip)
  const ipTo = addressText(values.ipTo)
  return ip === undefined || ipTo === undefined ? undefined : `${ip}-${ipTo}`
}

function portRange(text: string, dash: number): CreateValues {
  const port = scanPort(text, 0, dash)
  const portTo = scanPort(text, dash + 1, text.length)
  if (port < 0 || portTo < port) throw badRange(text, 'two ports such as 0-1023, the lower one first')
  return { port, portTo }
}

function addressRange(text: string, dash: number): CreateValues {
  const from = parseAddress(dash === -1 ? text : text.slice(0, dash))
  const to = dash === -1 ? undefined : parseAddress(text.slice(dash + 1))
  const isNetwork = from.prefix !== addressBits(from.family)
  const wanted = 'two IPv4 addresses or a network such as 192.0.2.0-192.0.2.255 or 192.0.2.0/24'
  if (from.family !== 'ipv4' || (to === undefined) !== isNetwork) throw badRange(text, wanted)
  if (to === undefined) return { ip: familyBytes(from), cidr: from.prefix }
  if (to.family !== 'ipv4' || to.prefix !== 32) throw badRange(text, wanted)
  return { ip: familyBytes(from), ipTo: familyBytes(to) }
}

function badRange(text: string, wanted: string): InputError {
  return new InputError('bad-set-option', `The create option range must be ${wanted}, not ${quote(text)}.`)
}

function familyBytes({ family, bytes }: Address): AddressValue {
  return family === 'ipv4' ? { ipv4: bytes } : { ipv6: bytes }
}
