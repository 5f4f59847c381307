import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { queueBalance } from '../kinds/queue-balance.ts'

// iptables-extensions(8), NFQUEUE
export const NFQUEUE = target('NFQUEUE', {
  about: 'Hands the packet to a program that decides about it.',
  settle: (options) =>
    options.queueBalance === undefined ? { ...options, queueNum: options.queueNum ?? 0 } : options,
  options: {
    queueNum: option('--queue-num', integer(0, 65535), {
      about: 'The queue that the program listens on; 0 if not given.',
      excludes: ['queueBalance'],
    }),
    queueBalance: option('--queue-balance', queueBalance, {
      about: 'Queues among which the connections are spread.',
    }),
    queueBypass: option('--queue-bypass', flag, {
      about: 'Lets the packet go on to the next rule if no program listens, instead of dropping it.',
    }),
    queueCpuFanout: option('--queue-cpu-fanout', flag, {
      about: 'Picks the queue by the processor that handles the packet.',
      needs: ['queueBalance'],
    }),
  },
})
