import { entryCheck, type Family, protocolNames, protocolNumbers } from '@chainmail/kernel'
import { servicePort } from '../../model/names/services.ts'
import { numberOf } from './number.ts'
import { IpsetRefusal, syntaxError } from './refusal.ts'

const HIGHEST_PORT = 65_535

/** IPPROTO_TCP, _UDP, _SCTP and _UDPLITE: what has ports. */
const withPorts: ReadonlySet<number> = new Set([6, 17, 132, 136])
const icmpNumbers: Readonly<Record<Family, { readonly protocol: number; readonly name: string }>> = {
  ipv4: { protocol: 1, name: 'ICMP' },
  ipv6: { protocol: 58, name: 'ICMPv6' },
}

/** `80`, `tcp:80-90`, `udp:domain`, `icmp:ping`, `gre:0`: as ipset reads the part of an element. */
export function portText(text: string, family: Family): string {
  const [, name, value = ''] = /^([^:]+):(.+)$/s.exec(text) ?? []
  if (name === undefined) return `tcp:${rangeOf(text, 'tcp')}`
  const protocol = protocolOf(name)
  if (withPorts.has(protocol)) return `${protocol}:${rangeOf(value, name)}`
  for (const [wanted, icmp] of Object.entries(icmpNumbers)) {
    if (icmp.protocol !== protocol) continue
    if (wanted !== family)
      throw new IpsetRefusal(
        `Syntax error: Protocol ${icmp.name} can be used with family ${wanted === 'ipv4' ? 'inet' : 'inet6'} only\nInvalid add command: missing setname`,
        { restored: 'by its last line' },
      )
    return `${name}:${icmpText(value, wanted === 'ipv4' ? 'icmp' : 'icmpv6', icmp.name)}`
  }
  if (value === '0') return `${protocol}:0`
  throw syntaxError(
    `Protocol ${protocolNames.get(protocol) ?? protocol} can be used with pseudo port value 0 only.`,
  )
}

/** The ports of a bitmap; a protocol in front of them only says whose names are meant. */
export function barePortText(text: string): string {
  const [, name = 'tcp', value = text] = /^([^:]+):(.+)$/s.exec(text) ?? []
  if (name !== 'tcp' && !withPorts.has(protocolOf(name)))
    throw syntaxError('Only protocols TCP and UDP are valid')
  return rangeOf(value, name)
}

/** A name that holds a dash stands in brackets. */
const RANGE = /^(\[[^\]]*\]|[^[-][^-]*)-(.+)$/s

function rangeOf(text: string, protocol: string): string {
  const [, from, to] = RANGE.exec(text) ?? []
  if (from === undefined || to === undefined) return String(portOf(text, protocol))
  const [first, last] = [portOf(from, protocol), portOf(to, protocol)]
  return first > last ? `${last}-${first}` : `${first}-${last}`
}

function portOf(text: string, protocol: string): number {
  const word = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const service = servicePort(word)
  if (service !== undefined) return service
  try {
    return Number(numberOf(word, 0, HIGHEST_PORT))
  } catch (error) {
    if (!(error instanceof IpsetRefusal)) throw error
    // ipset tries it as a name then, and tells of each attempt.
    throw new IpsetRefusal(
      `${error.message}\nSyntax error: '${protocol}' is invalid as number\ncannot parse '${word}' as a ${protocol} port`,
      { restored: 'without its line' },
    )
  }
}

function protocolOf(name: string): number {
  const known = protocolNumbers.get(name.toLowerCase())
  const number = known ?? (/^[1-9]\d{0,2}$/.test(name) ? Number(name) : 256)
  if (number > 255) throw syntaxError(`cannot parse '${name}' as a protocol`)
  return number
}

function icmpText(value: string, protocol: 'icmp' | 'icmpv6', name: string): string {
  const [, type, code] = /^([^/]*)\/(.*)$/s.exec(value) ?? []
  if (type !== undefined && code !== undefined) return `${numberOf(type, 0, 255)}/${numberOf(code, 0, 255)}`
  try {
    entryCheck('hash:ip,port')(`${protocol === 'icmp' ? '192.0.2.1' : '2001:db8::1'},${protocol}:${value}`)
  } catch {
    throw new IpsetRefusal(`Cannot parse ${value} as an ${name} type/code.`)
  }
  return value
}
