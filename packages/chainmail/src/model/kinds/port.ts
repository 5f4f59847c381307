import { type AnyText, type Bounded, type Kind, refuse, type Spelled, wordKind } from '../kind.ts'
import { type ServiceName, servicePort } from '../names/services.ts'
import { readInteger } from './number.ts'

/** A port number of 0 to 65535. */
export type Port = number
/** Ports from the first to the last, both included: `'1024:65535'`. */
export type PortRange = `${number}:${number}`
/** A port as a caller may write it. */
export type PortInput = Port | AnyText

type Words<Between extends ':' | ','> = Bounded<0, 65535> & Spelled<ServiceName | `${number}`, Between>

const portSchema = { type: 'integer', minimum: 0, maximum: 65535 }
const rangeSchema = { type: 'string', pattern: '^[0-9]{1,5}:[0-9]{1,5}$' }
const nameSchema = { type: 'string', description: 'the name of a service, as in /etc/services' }

function readPort(word: string): Port | undefined {
  const port = readInteger(word)
  if (port !== undefined) return port <= 65535 ? port : undefined
  return servicePort(word)
}

/** `22`, `ssh`, `1024:2048`, `:1023`, `1024:`; a range of one port is that port. */
function readPorts(word: string, backwards = false): Port | PortRange | undefined {
  const colon = word.indexOf(':')
  if (colon === -1) return readPort(word)
  const first = colon === 0 ? 0 : readPort(word.slice(0, colon))
  const last = colon === word.length - 1 ? 65535 : readPort(word.slice(colon + 1))
  if (first === undefined || last === undefined || (first > last && !backwards)) return undefined
  return first === last ? first : `${first}:${last}`
}

/** One port or a range of ports: `22`, `'1024:65535'`; names of services are read as their numbers. */
export const portRange: Kind<Port | PortRange, PortInput | PortRange> & Words<':'> = wordKind<
  Port | PortRange,
  PortInput | PortRange
>({
  expects: 'a port (0 to 65535), the name of a service, or a range such as 1024:65535',
  schema: { anyOf: [portSchema, rangeSchema, nameSchema] },
  read: (word) => readPorts(word),
})

/** What an absent option means, and what iptables-save leaves out. */
export const EVERY_PORT = '0:65535'

/** As {@link portRange}, and back to front too, which matches nothing. */
export const portSpan: Kind<Port | PortRange, PortInput | PortRange> & Words<':'> = wordKind<
  Port | PortRange,
  PortInput | PortRange
>({
  expects: portRange.expects,
  schema: portRange.schema,
  read: (word) => readPorts(word, true),
})

/** One port, printed as its number. */
export const port: Kind<Port, PortInput> & Words<never> = wordKind<Port, PortInput>({
  expects: 'a port (0 to 65535) or the name of a service',
  schema: { anyOf: [portSchema, nameSchema] },
  read: readPort,
})

/** The slots of the kernel's multiport match; a range takes two. `uapi/linux/netfilter/xt_multiport.h` */
const MULTIPORT_SLOTS = 15

/** A list of ports and ranges, for the multiport match. */
export const portList: Kind<
  readonly (Port | PortRange)[],
  readonly (PortInput | PortRange)[] | PortInput | PortRange
> &
  Words<':' | ','> = {
  words: 1,
  expects: `a list of ports and ranges that takes at most ${MULTIPORT_SLOTS} slots (a range takes two)`,
  schema: {
    type: 'array',
    items: { anyOf: [portSchema, rangeSchema, nameSchema] },
    minItems: 1,
    maxItems: MULTIPORT_SLOTS,
  },
  parse: (words, at) => readList((words[at] ?? '').split(','), words[at]),
  check: (value) => {
    if (Array.isArray(value)) return readList(value, value)
    if (typeof value === 'number') return readList([value], value)
    return typeof value === 'string' ? readList(value.split(','), value) : refuse(value, portList.expects)
  },
  render: (value) => value.join(','),
}

function readList(items: readonly unknown[], whole: unknown): readonly (Port | PortRange)[] {
  const ports: (Port | PortRange)[] = []
  let slots = 0
  for (const item of items) {
    const port = typeof item === 'string' || typeof item === 'number' ? readPorts(String(item)) : undefined
    if (port === undefined) refuse(whole, portList.expects)
    slots += typeof port === 'number' ? 1 : 2
    ports.push(port)
  }
  return slots > 0 && slots <= MULTIPORT_SLOTS ? ports : refuse(whole, portList.expects)
}
