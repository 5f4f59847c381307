import { hex } from './mask.ts'
import {
  bytecode,
  capitals,
  dccpTypes,
  eui64,
  fragment,
  icmp,
  ipv6Headers,
  mobility,
  policy,
  quoted,
  recentAction,
  sctpChunks,
  sctpPorts,
  tcpFlags,
  time,
  tos,
  unquoted,
} from './match-pieces.ts'
import { after, before, joined, type Listed, marked, type Piece, ports, range, tight, word } from './piece.ts'
import type { Shown } from './shown.ts'
import { group, groupNumber, networkName, user } from './values.ts'

const sourcePort = range('sport', 'spt', ports)
const destinationPort = range('dport', 'dpt', ports)

const securityHeader: Listed = [tight('ahlen', 'length:'), word('ahres', 'reserved')]

/** The mask of the nodes, or the one node that is named in its place. */
function nodeMask(text: string): string {
  const [flag = '', value = ''] = text.split(' ')
  return flag === '--cluster-local-node' ? hex(2 ** (Number(value) - 1), 8) : value
}

/** The address of a segment: two blanks stand where there is no exclamation mark. */
function segment(shown: Shown, name: 'psid' | 'nsid' | 'lsid'): string {
  const option = shown.get(`srh${capitals(name)}`)
  return option === undefined ? '' : `${name} ${option.not ? '!' : ''} ${option.text}`
}

function portsOf(key: string): Piece {
  return (shown, context) => {
    const option = shown.get(key)
    return option === undefined ? '' : `${key} ${option.not ? ' !' : ''}${ports(option.text, context)}`
  }
}

/** The comparisons of a time to live. */
function lifetime(label: string, key: string): Listed {
  return [
    (shown) => {
      const equal = shown.get(`${key}Eq`)
      const [sign, text] =
        equal !== undefined
          ? [equal.not ? '!=' : '==', equal.text]
          : shown.has(`${key}Lt`)
            ? ['<', shown.text(`${key}Lt`)]
            : ['>', shown.text(`${key}Gt`)]
      return `${label} match ${label} ${sign} ${text}`
    },
  ]
}

/** Options of the header that IPv6 has for a hop or for the destination. */
function headerOptions(name: string): Listed {
  return [name, tight(`${name}Len`, 'length:'), after(`${name}Opts`, 'opts')]
}

/** How iptables -L prints each match, as seen with iptables 1.8.9. */
export const matchListings: ReadonlyMap<string, Listed> = new Map<string, Listed>([
  [
    'addrtype',
    [
      'ADDRTYPE match',
      tight('srcType', 'src-type '),
      tight('dstType', 'dst-type '),
      word('limitIfaceIn', 'limit-in'),
      word('limitIfaceOut', 'limit-out'),
    ],
  ],
  [
    'ah',
    [
      (shown, context) =>
        `ah ${joined([range('ahspi', 'spi')], shown, context)}${joined(securityHeader, shown, context)}`,
    ],
  ],
  ['bpf', [bytecode]],
  ['cgroup', [after('path', 'cgroup', unquoted), after('cgroup', 'cgroup')]],
  [
    'cluster',
    [
      'cluster',
      marked('localNodemask', 'node_mask=', nodeMask),
      tight('totalNodes', 'total_nodes='),
      tight('hashSeed', 'hash_seed='),
    ],
  ],
  ['comment', [(shown) => `/* ${shown.get('comment')?.plain ?? ''} */`]],
  [
    'connbytes',
    [before('connbytes', 'connbytes'), after('mode', 'connbytes mode'), after('dir', 'connbytes direction')],
  ],
  ['connlabel', [after('label', 'connlabel', unquoted), word('set', 'set')]],
  [
    'connlimit',
    [
      (shown) => {
        const [sign, amount] = shown.has('upto') ? ['<=', shown.text('upto')] : ['>', shown.text('above')]
        return `#conn ${shown.has('daddr') ? 'dst' : 'src'}/${shown.text('mask')} ${sign} ${amount}`
      },
    ],
  ],
  [
    'connmark',
    [
      (shown) => {
        const mark = shown.get('mark')
        return mark === undefined ? '' : `connmark match ${mark.not ? '!' : ''} ${mark.text}`
      },
    ],
  ],
  [
    'conntrack',
    [
      before('ctstate', 'ctstate'),
      before('ctproto', 'ctproto'),
      before('ctorigsrc', 'ctorigsrc', networkName),
      before('ctorigdst', 'ctorigdst', networkName),
      before('ctreplsrc', 'ctreplsrc', networkName),
      before('ctrepldst', 'ctrepldst', networkName),
      before('ctorigsrcport', 'ctorigsrcport'),
      before('ctorigdstport', 'ctorigdstport'),
      before('ctreplsrcport', 'ctreplsrcport'),
      before('ctrepldstport', 'ctrepldstport'),
      before('ctstatus', 'ctstatus'),
      before('ctexpire', 'ctexpire'),
      before('ctdir', 'ctdir'),
    ],
  ],
  ['cpu', [after('cpu', 'cpu')]],
  ['dccp', ['dccp', sourcePort, destinationPort, dccpTypes, tight('dccpOption', 'option=')]],
  ['devgroup', [before('srcGroup', 'src-group', groupNumber), before('dstGroup', 'dst-group', groupNumber)]],
  ['dscp', [tight('dscp', 'DSCP match ')]],
  ['dst', headerOptions('dst')],
  [
    'ecn',
    ['ECN match', word('ecnTcpEce', 'ECE', '!'), word('ecnTcpCwr', 'CWR', '!'), marked('ecnIpEct', 'ECT=')],
  ],
  ['esp', ['esp', range('espspi', 'spi')]],
  ['eui64', [eui64]],
  ['frag', [fragment]],
  [
    'hashlimit',
    [
      'limit:',
      after('upto', 'up to'),
      after('above', 'above'),
      after('burst', 'burst'),
      after('mode', 'mode', (text) => text.replaceAll(',', '-')),
      after('htableSize', 'htable-size'),
      after('htableMax', 'htable-max'),
      after('htableGcinterval', 'htable-gcinterval'),
      after('htableExpire', 'htable-expire'),
      after('srcmask', 'srcmask'),
      after('dstmask', 'dstmask'),
      word('rateMatch', 'rate-match'),
      after('rateInterval', 'rate-interval'),
    ],
  ],
  ['hbh', headerOptions('hbh')],
  ['helper', [after('helper', 'helper match', quoted)]],
  ['hl', lifetime('HL', 'hl')],
  ['icmp', [icmp('icmpType', 'icmp')]],
  ['icmp6', [icmp('icmpv6Type', 'ipv6-icmp')]],
  ['ipcomp', ['comp', range('ipcompspi', 'spi'), word('compres', 'reserved')]],
  ['iprange', [after('srcRange', 'source IP range'), after('dstRange', 'destination IP range')]],
  ['ipv6header', ['ipv6header', ipv6Headers, word('soft', 'soft')]],
  ['length', [tight('length', 'length ')]],
  [
    'limit',
    [after('limit', 'limit: avg'), (shown) => `burst ${shown.has('burst') ? shown.text('burst') : '5'}`],
  ],
  ['mac', [after('macSource', 'MAC')]],
  ['mark', [after('mark', 'mark match')]],
  ['mh', ['mh', mobility]],
  ['multiport', ['multiport', portsOf('sports'), portsOf('dports'), portsOf('ports')]],
  ['osf', [after('genre', 'OS fingerprint match')]],
  [
    'owner',
    [
      word('socketExists', 'owner socket exists'),
      before('uidOwner', 'owner UID match', user),
      before('gidOwner', 'owner GID match', group),
      word('supplGroups', 'incl. suppl. groups'),
    ],
  ],
  [
    'physdev',
    [
      'PHYSDEV match',
      word('physdevIsIn', '--physdev-is-in'),
      before('physdevIn', '--physdev-in'),
      word('physdevIsOut', '--physdev-is-out'),
      before('physdevOut', '--physdev-out'),
      word('physdevIsBridged', '--physdev-is-bridged'),
    ],
  ],
  [
    'pkttype',
    [
      (shown) => {
        const type = shown.get('pktType')
        return type === undefined ? '' : `PKTTYPE ${type.not ? '!=' : '='} ${type.text}`
      },
    ],
  ],
  ['policy', ['policy match', after('dir', 'dir'), after('pol', 'pol'), word('strict', 'strict'), policy]],
  ['quota', [(shown) => `quota: ${shown.text('quota')} bytes`]],
  ['realm', [before('realm', 'realm', groupNumber)]],
  [
    'recent',
    [
      recentAction,
      after('seconds', 'seconds:'),
      word('reap', 'reap'),
      after('hitcount', 'hit_count:'),
      word('rttl', 'TTL-Match'),
      after('name', 'name:'),
      (shown) => `side: ${shown.has('rdest') ? 'dest' : 'source'}`,
      after('mask', 'mask:'),
    ],
  ],
  [
    'rpfilter',
    [
      'rpfilter',
      word('loose', 'loose'),
      word('validmark', 'validmark'),
      word('acceptLocal', 'accept-local'),
      word('invert', 'invert'),
    ],
  ],
  [
    'rt',
    [
      'rt',
      tight('rtType', 'type:', (text) => String(Number(text) | 0)),
      range('rtSegsleft', 'segsleft'),
      tight('rtLen', 'length:'),
      word('rt0Res', 'reserved'),
      after('rt0Addrs', '0-addrs'),
      word('rt0NotStrict', '0-not-strict'),
    ],
  ],
  ['sctp', ['sctp', sctpPorts(sourcePort, 'sport'), sctpPorts(destinationPort, 'dport'), sctpChunks]],
  [
    'set',
    [
      before('matchSet', 'match-set'),
      word('returnNomatch', 'return-nomatch'),
      word('updateCounters', 'update-counters'),
      word('updateSubcounters', 'update-subcounters'),
      before('packetsEq', 'packets-eq'),
      before('packetsLt', 'packets-lt'),
      before('packetsGt', 'packets-gt'),
      before('bytesEq', 'bytes-eq'),
      before('bytesLt', 'bytes-lt'),
      before('bytesGt', 'bytes-gt'),
    ],
  ],
  [
    'socket',
    [
      'socket',
      word('transparent', '--transparent'),
      word('nowildcard', '--nowildcard'),
      word('restoreSkmark', '--restore-skmark'),
    ],
  ],
  [
    'srh',
    [
      'srh',
      tight('srhNextHdr', 'next-hdr:'),
      tight('srhHdrLenEq', 'hdr-len-eq:'),
      tight('srhHdrLenGt', 'hdr-len-gt:'),
      tight('srhHdrLenLt', 'hdr-len-lt:'),
      tight('srhSegsLeftEq', 'segs-left-eq:'),
      tight('srhSegsLeftGt', 'segs-left-gt:'),
      tight('srhSegsLeftLt', 'segs-left-lt:'),
      tight('srhLastEntryEq', 'last-entry-eq:'),
      tight('srhLastEntryGt', 'last-entry-gt:'),
      tight('srhLastEntryLt', 'last-entry-lt:'),
      tight('srhTag', 'tag:'),
      (shown) => segment(shown, 'psid'),
      (shown) => segment(shown, 'nsid'),
      (shown) => segment(shown, 'lsid'),
    ],
  ],
  ['state', [before('state', 'state')]],
  [
    'statistic',
    [
      'statistic',
      after('mode', 'mode'),
      before('probability', 'probability'),
      before('every', 'every'),
      (shown) =>
        shown.has('packet') && shown.text('packet') !== '0' ? `packet ${shown.text('packet')}` : '',
    ],
  ],
  [
    'string',
    [
      (shown) => {
        const pattern = shown.get('string') ?? shown.get('hexString')
        return pattern === undefined ? '' : `STRING match ${pattern.not ? '!' : ''} ${quoted(pattern.text)}`
      },
      after('algo', 'ALGO name'),
      after('from', 'FROM'),
      after('to', 'TO'),
      word('icase', 'ICASE'),
    ],
  ],
  ['tcp', ['tcp', sourcePort, destinationPort, tight('tcpOption', 'option='), tcpFlags]],
  ['tcpmss', [tight('mss', 'tcpmss match ')]],
  ['time', [time]],
  ['tos', [tos]],
  ['ttl', lifetime('TTL', 'ttl')],
  ['u32', [after('u32', 'u32', quoted)]],
  ['udp', ['udp', sourcePort, destinationPort]],
])

/** Those that iptables prints without a blank before them. */
export const attachedMatches: ReadonlySet<string> = new Set(['bpf', 'eui64'])
