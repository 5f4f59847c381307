import type { BanScope } from 'chainmail'
import type { ValueOption } from '../option.ts'
import { quoted, wrongUsage } from '../refusal.ts'

const plainScopes = ['everything', 'input', 'output', 'forward'] as const

const INTERFACE = /^interface:(\S+)$/u
const PORTS = /^(?:tcp|udp|sctp|udplite):\d/u

export const scopeOption: ValueOption<BanScope> = {
  kind: 'value',
  name: 'scope',
  placeholder: 'SCOPE',
  about:
    'what is kept away: everything, input (what comes to this host), forward (what goes through it), output (what it sends there), interface:eth0, or ports such as tcp:22,udp:5000-5010',
  otherwise: 'everything',
  read: (text) => {
    const plain = plainScopes.find((scope) => scope === text)
    if (plain !== undefined) return plain
    const name = INTERFACE.exec(text)?.[1]
    if (name !== undefined) return { interface: name }
    if (PORTS.test(text)) return { ports: text.split(',') }
    throw wrongUsage(
      `--scope is everything, input, output, forward, interface:NAME or ports such as tcp:22, not ${quoted(text)}.`,
    )
  },
}
