import { type Negatable, option } from './extension.ts'
import { EVERY_PORT, type Port, type PortRange, portRange } from './kinds/port.ts'
import { isNegation } from './negation.ts'

/** iptables-nft before 1.8.10 prints all ports but the first ones as the last ones. */
function portMeaning(ports: Negatable<Port | PortRange>): Negatable<Port | PortRange> {
  if (!isNegation(ports) || typeof ports.not !== 'string') return ports
  const [, last] = /^0:(\d+)$/.exec(ports.not) ?? []
  const next = Number(last) + 1
  if (last === undefined || next > 65535) return ports
  return next === 65535 ? next : `${next}:65535`
}

/** The ports that a match of tcp and one of udp compare in the same way. */
export const ports = {
  sport: option('--sport', portRange, {
    about: 'Source port or range of ports.',
    aliases: ['--source-port'],
    negatable: true,
    omitted: EVERY_PORT,
    neverNot: EVERY_PORT,
    meaning: portMeaning,
  }),
  dport: option('--dport', portRange, {
    about: 'Destination port or range of ports.',
    aliases: ['--destination-port'],
    negatable: true,
    omitted: EVERY_PORT,
    neverNot: EVERY_PORT,
    meaning: portMeaning,
  }),
}
