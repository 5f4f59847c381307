import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { logLevel } from '../kinds/log-level.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), LOG; the prefix is cut by the kernel behind 29 bytes (uapi/linux/netfilter/xt_LOG.h)
export const LOG = target('LOG', {
  about: 'Writes the packet to the kernel log and goes on with the next rule.',
  options: {
    logPrefix: option('--log-prefix', text({ minBytes: 1, maxBytes: 29 }), {
      about: 'Text in front of the message, 1 to 29 bytes.',
    }),
    logLevel: option('--log-level', logLevel, { about: 'The syslog level, 0 to 7 or its name.', omitted: 4 }),
    logTcpSequence: option('--log-tcp-sequence', flag, { about: 'Adds the TCP sequence numbers.' }),
    logTcpOptions: option('--log-tcp-options', flag, { about: 'Adds the options of the TCP header.' }),
    logIpOptions: option('--log-ip-options', flag, { about: 'Adds the options of the IP header.' }),
    logUid: option('--log-uid', flag, { about: 'Adds the user that made the packet.' }),
    logMacdecode: option('--log-macdecode', flag, { about: 'Adds MAC addresses and protocol.' }),
  },
})
