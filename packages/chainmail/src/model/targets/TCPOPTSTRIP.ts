import { option, target } from '../extension.ts'
import { tcpOptionList } from '../kinds/tcp-option-list.ts'

// iptables-extensions(8), TCPOPTSTRIP
export const TCPOPTSTRIP = target('TCPOPTSTRIP', {
  about: 'Takes options out of the TCP header.',
  tables: ['mangle'],
  protocols: ['tcp'],
  options: {
    stripOptions: option('--strip-options', tcpOptionList, { about: 'The options, by number or name.' }),
  },
})
