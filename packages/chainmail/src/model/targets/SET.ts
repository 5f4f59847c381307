import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { setReference } from '../kinds/set-reference.ts'

// iptables-extensions(8), SET; IPSET_MAX_TIMEOUT is (UINT_MAX >> 1) / 1000 seconds
export const SET = target('SET', {
  about: 'Adds the packet’s addresses to a set, takes them out, or maps the set’s values to the packet.',
  needsOption: true,
  refuses: ({ mapSet, mapMark, mapPrio, mapQueue }) =>
    mapSet !== undefined && (mapMark ?? mapPrio ?? mapQueue) === undefined
      ? 'mapSet needs one of mapMark, mapPrio and mapQueue'
      : undefined,
  options: {
    addSet: option('--add-set', setReference, { about: 'Adds the addresses or ports to this set.' }),
    exist: option('--exist', flag, {
      about: 'Renews the timeout of what is in the set already.',
      needs: ['addSet'],
    }),
    timeout: option('--timeout', integer(0, 4294967294), {
      about: 'Seconds until the entry leaves the set; 0 is never.',
      needs: ['addSet'],
    }),
    delSet: option('--del-set', setReference, { about: 'Takes the addresses or ports out of this set.' }),
    mapSet: option('--map-set', setReference, {
      about: 'Takes mark, priority and queue from this set’s entry.',
      tables: ['mangle'],
    }),
    mapMark: option('--map-mark', flag, { about: 'Maps the firewall mark.', needs: ['mapSet'] }),
    mapPrio: option('--map-prio', flag, {
      about: 'Maps the priority for traffic control.',
      needs: ['mapSet'],
      chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    }),
    mapQueue: option('--map-queue', flag, {
      about: 'Maps the hardware queue.',
      needs: ['mapSet'],
      chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    }),
  },
})
