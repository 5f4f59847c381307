import { option, target } from '../extension.ts'
import { choice } from '../kinds/choice.ts'

const ipv4Types = [
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-proto-unreachable',
  'icmp-port-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
  'tcp-reset',
] as const

const ipv6Types = [
  'icmp6-no-route',
  'icmp6-adm-prohibited',
  'icmp6-addr-unreachable',
  'icmp6-port-unreachable',
  'icmp6-policy-fail',
  'icmp6-reject-route',
  'tcp-reset',
] as const

const about = 'The answer that is sent; tcp-reset only in a rule for TCP.'

function refusesReset(
  options: Readonly<Record<string, unknown>>,
  protocol: string | undefined,
): string | undefined {
  const reset = options.rejectWith === 'tcp-reset'
  return reset && protocol !== 'tcp' ? "rejectWith tcp-reset needs the rule's protocol to be tcp" : undefined
}

// iptables-extensions(8), REJECT (IPv4-specific)
export const REJECT = target('REJECT', {
  about: 'Drops the packet and answers with an error.',
  families: ['ipv4'],
  tables: ['filter'],
  refuses: refusesReset,
  options: {
    rejectWith: option(
      '--reject-with',
      choice(ipv4Types, {
        aliases: {
          'net-unreach': 'icmp-net-unreachable',
          'host-unreach': 'icmp-host-unreachable',
          'proto-unreach': 'icmp-proto-unreachable',
          'port-unreach': 'icmp-port-unreachable',
          'net-prohib': 'icmp-net-prohibited',
          'host-prohib': 'icmp-host-prohibited',
          'admin-prohib': 'icmp-admin-prohibited',
          'tcp-rst': 'tcp-reset',
        },
      }),
      { about, implied: 'icmp-port-unreachable' },
    ),
  },
})

// iptables-extensions(8), REJECT (IPv6-specific)
export const REJECT6 = target('REJECT', {
  about: REJECT.about,
  families: ['ipv6'],
  tables: ['filter'],
  refuses: refusesReset,
  options: {
    rejectWith: option(
      '--reject-with',
      choice(ipv6Types, {
        aliases: {
          'no-route': 'icmp6-no-route',
          'adm-prohibited': 'icmp6-adm-prohibited',
          'addr-unreach': 'icmp6-addr-unreachable',
          'port-unreach': 'icmp6-port-unreachable',
          'policy-fail': 'icmp6-policy-fail',
          'reject-route': 'icmp6-reject-route',
        },
      }),
      { about, implied: 'icmp6-port-unreachable' },
    ),
  },
})
