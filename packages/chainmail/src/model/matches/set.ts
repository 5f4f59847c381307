import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { setReference } from '../kinds/set-reference.ts'

const packets = integer(0, Number.MAX_SAFE_INTEGER)

// iptables-extensions(8), set
export const set = match('set', {
  about: 'Looks the packet’s addresses or ports up in an IP set.',
  options: {
    matchSet: option('--match-set', setReference, {
      about: 'The set, and which parts of the packet to look up: src or dst for each dimension.',
      negatable: true,
      required: true,
    }),
    returnNomatch: option('--return-nomatch', flag, { about: 'Matches the set’s nomatch entries instead.' }),
    updateCounters: option('--update-counters', flag, {
      about: 'Negated: the packet is not counted in the set’s entry.',
      negatable: true,
      omitted: true,
    }),
    updateSubcounters: option('--update-subcounters', flag, {
      about: 'Negated: the packet is not counted in the member sets of a list.',
      negatable: true,
      omitted: true,
    }),
    packetsEq: option('--packets-eq', packets, {
      about: 'The entry’s packet counter is this.',
      negatable: true,
      excludes: ['packetsLt', 'packetsGt'],
    }),
    packetsLt: option('--packets-lt', packets, {
      about: 'The entry’s packet counter is less.',
      excludes: ['packetsGt'],
    }),
    packetsGt: option('--packets-gt', packets, { about: 'The entry’s packet counter is greater.' }),
    bytesEq: option('--bytes-eq', packets, {
      about: 'The entry’s byte counter is this.',
      negatable: true,
      excludes: ['bytesLt', 'bytesGt'],
    }),
    bytesLt: option('--bytes-lt', packets, {
      about: 'The entry’s byte counter is less.',
      excludes: ['bytesGt'],
    }),
    bytesGt: option('--bytes-gt', packets, { about: 'The entry’s byte counter is greater.' }),
  },
})
