import { option } from './extension.ts'
import { EVERY_PORT, portRange } from './kinds/port.ts'

/** The ports that a match of tcp and one of udp compare in the same way. */
export const ports = {
  sport: option('--sport', portRange, {
    about: 'Source port or range of ports.',
    aliases: ['--source-port'],
    negatable: true,
    omitted: EVERY_PORT,
    neverNot: EVERY_PORT,
  }),
  dport: option('--dport', portRange, {
    about: 'Destination port or range of ports.',
    aliases: ['--destination-port'],
    negatable: true,
    omitted: EVERY_PORT,
    neverNot: EVERY_PORT,
  }),
}
