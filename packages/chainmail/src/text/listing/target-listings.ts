import { tcpOptionName } from '../../model/kinds/tcp-option-list.ts'
import { tosName } from '../../model/kinds/tos.ts'
import { hex, valueAndMask } from './mask.ts'
import { capitals } from './match-pieces.ts'
import { after, before, type Listed, type Piece, tight, word } from './piece.ts'
import type { Shown } from './shown.ts'

const ALL_BITS = 0xffff_ffff

/** What a mark becomes, by the shortest of the ways to say it. */
function markChange(text: string): string {
  const { value, mask } = valueAndMask(text, ALL_BITS)
  if (value === 0) return `and ${hex(~mask)}`
  if (value === mask) return `or ${hex(value)}`
  if (mask === 0) return `xor ${hex(value)}`
  if (mask === ALL_BITS) return `set ${hex(value)}`
  return `xset ${hex(value)}/${hex(mask)}`
}

/** Which bits of one mark are copied to the other. */
function markCopy(name: string, shown: Shown, first: string, second: string): string {
  const [one, other] = [shown.text(first), shown.text(second)]
  if (one === other) return Number(one) === ALL_BITS ? name : `${name} mask ${one}`
  return `${name} ${first} ${one} ${second} ~${other}`
}

const connectionMark: Piece = (shown) => {
  if (shown.has('saveMark')) return markCopy('save', shown, 'nfmask', 'ctmask')
  if (shown.has('restoreMark')) return markCopy('restore', shown, 'ctmask', 'nfmask')
  return markChange(shown.text('setXmark'))
}

const typeOfService: Piece = (shown, { numeric }) => {
  const text = shown.text('setTos')
  const name = numeric ? undefined : tosName(text)
  if (name !== undefined) return ` TOS set${capitals(name)}`
  const { value, mask } = valueAndMask(text, 0xff)
  if (numeric) return `TOS set ${text}`
  if (value === 0) return `TOS and ${hex(~mask & 0xff, 2)}`
  if (value === mask) return `TOS or ${hex(value, 2)}`
  if (mask === 0) return `TOS xor ${hex(value, 2)}`
  return `TOS set ${text}`
}

// syslog(3), by the names that iptables prints
const levels = ['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug']

// xt_LOG.h
const logFlags = [
  ['logTcpSequence', 'tcp-sequence', 0x01],
  ['logTcpOptions', 'tcp-options', 0x02],
  ['logIpOptions', 'ip-options', 0x04],
  ['logUid', 'uid', 0x08],
  ['logMacdecode', 'macdecode', 0x20],
] as const

const log: Piece = (shown, { numeric }) => {
  const level = shown.has('logLevel') ? shown.text('logLevel') : '4'
  const given = logFlags.filter(([key]) => shown.has(key))
  const prefix = shown.get('logPrefix')
  const words = numeric
    ? [`flags ${given.reduce((sum, [, , bit]) => sum | bit, 0)}`, `level ${level}`]
    : [`level ${levels[Number(level)] ?? level}`, ...given.map(([, name]) => name)]
  return ['LOG', ...words, ...(prefix === undefined ? [] : [`prefix "${prefix.plain}"`])].join(' ')
}

const congestion: Piece = (shown) => {
  const words = [
    ...(shown.has('ecnTcpEce') ? [`ECE=${shown.text('ecnTcpEce')}`] : []),
    ...(shown.has('ecnTcpCwr') ? [`CWR=${shown.text('ecnTcpCwr')}`] : []),
    ...(shown.has('ecnIpEct') ? [`ECT codepoint=${shown.text('ecnIpEct')}`] : []),
  ]
  return shown.has('ecnTcpRemove') ? 'ECN TCP remove' : `ECN ${words.join(' ')}`
}

const hashMark: Piece = (shown, { family }) => {
  const whole = family === 'ipv6' ? '128' : undefined
  const offset = shown.has('hmarkOffset') ? ` + ${short(shown.text('hmarkOffset'))}` : ''
  const tuple = shown.has('hmarkTuple') ? ' ct,' : ''
  const rest = hashMarkOptions.flatMap(([key, label]) =>
    shown.has(key)
      ? [
          `${label} ${label.endsWith('prefix') ? shown.text(key).replace(whole ?? '', '') : short(shown.text(key))}`,
        ]
      : [],
  )
  return `HMARK mod ${shown.text('hmarkMod')}${offset}${tuple} ${rest.map((text) => `${text} `).join('')}`
}

/** Without zeros in front. */
function short(number: string): string {
  return hex(Number(number))
}

const hashMarkOptions = [
  ['hmarkSrcPrefix', 'src-prefix'],
  ['hmarkDstPrefix', 'dst-prefix'],
  ['hmarkSportMask', 'sport-mask'],
  ['hmarkDportMask', 'dport-mask'],
  ['hmarkSpiMask', 'spi-mask'],
  ['hmarkSport', 'sport'],
  ['hmarkDport', 'dport'],
  ['hmarkSpi', 'spi'],
  ['hmarkProtoMask', 'proto-mask'],
  ['hmarkRnd', 'rnd'],
] as const

const synproxy: Piece = (shown) => {
  const words = [
    ...(shown.has('sackPerm') ? ['sack-perm'] : []),
    ...(shown.has('timestamp') ? ['timestamp'] : []),
    ...(shown.has('wscale') ? [`wscale ${shown.text('wscale')}`] : []),
    ...(shown.has('mss') ? [`mss ${shown.text('mss')}`] : []),
    ...(shown.has('ecn') ? ['ecn'] : []),
  ]
  return `SYNPROXY ${words.map((text) => `${text} `).join('')}`
}

const strippedOptions: Piece = (shown, { numeric }) => {
  const list = shown.text('stripOptions')
  if (list === '') return ''
  const options = list
    .split(',')
    .map((number) => (numeric ? undefined : tcpOptionName(Number(number))) ?? number)
  return `TCPOPTSTRIP options ${options.join(',')}`
}

const randomly: Listed = [
  word('random', 'random'),
  word('randomFully', 'random-fully'),
  word('persistent', 'persistent'),
]

function prefixes(name: string): Listed {
  return [name, after('srcPfx', 'src-pfx'), after('dstPfx', 'dst-pfx')]
}

function lifetime(label: string, key: string): Listed {
  return [
    after(`${key}Set`, `${label} set to`),
    after(`${key}Dec`, `${label} decrement by`),
    after(`${key}Inc`, `${label} increment by`),
  ]
}

/** How iptables -L prints the options of each target, as seen with iptables 1.8.9. */
export const targetListings: ReadonlyMap<string, Listed> = new Map<string, Listed>([
  ['AUDIT', [after('type', 'AUDIT')]],
  ['CHECKSUM', ['CHECKSUM', word('checksumFill', 'fill')]],
  [
    'CLASSIFY',
    [
      after('setClass', 'CLASSIFY set', (text) =>
        text
          .split(':')
          .map((part) => Number.parseInt(part, 16).toString(16))
          .join(':'),
      ),
    ],
  ],
  [
    'CONNMARK',
    [
      'CONNMARK',
      connectionMark,
      after('leftShiftMark', 'left-shift-mark'),
      after('rightShiftMark', 'right-shift-mark'),
    ],
  ],
  ['CONNSECMARK', ['CONNSECMARK', word('save', 'save'), word('restore', 'restore')]],
  [
    'CT',
    [
      'CT',
      word('notrack', 'notrack'),
      after('helper', 'helper'),
      after('timeout', 'timeout'),
      after('ctevents', 'ctevents'),
      after('expevents', 'expevents'),
      after('zone', 'zone'),
      after('zoneOrig', 'zone-orig'),
      after('zoneReply', 'zone-reply'),
    ],
  ],
  ['DNAT', [tight('toDestination', 'to:'), ...randomly]],
  ['DNPT', prefixes('DNPT')],
  ['DSCP', [after('setDscp', 'DSCP set')]],
  ['ECN', [congestion]],
  ['HL', lifetime('HL', 'hl')],
  ['HMARK', [hashMark]],
  ['IDLETIMER', [tight('timeout', 'timeout:'), tight('label', 'label:'), word('alarm', 'alarm')]],
  ['LOG', [log]],
  ['MARK', ['MARK', (shown) => markChange(shown.text('setXmark'))]],
  ['MASQUERADE', [after('toPorts', 'masq ports:'), ...randomly]],
  ['NETMAP', [tight('to', 'to:')]],
  [
    'NFLOG',
    [
      after('nflogPrefix', 'nflog-prefix'),
      after('nflogGroup', 'nflog-group'),
      after('nflogRange', 'nflog-range'),
      after('nflogSize', 'nflog-size'),
      after('nflogThreshold', 'nflog-threshold'),
    ],
  ],
  [
    'NFQUEUE',
    [
      'NFQUEUE',
      after('queueNum', 'num'),
      after('queueBalance', 'balance'),
      word('queueBypass', 'bypass'),
      word('queueCpuFanout', 'cpu-fanout'),
    ],
  ],
  ['NOTRACK', ['NOTRACK']],
  [
    'RATEEST',
    [after('rateestName', 'name'), after('rateestInterval', 'interval'), after('rateestEwmalog', 'ewmalog')],
  ],
  ['REDIRECT', [after('toPorts', 'redir ports'), ...randomly]],
  ['REJECT', [after('rejectWith', 'reject-with')]],
  [
    'SET',
    [
      before('addSet', 'add-set'),
      word('exist', 'exist'),
      after('timeout', 'timeout'),
      before('delSet', 'del-set'),
      before('mapSet', 'map-set'),
      word('mapMark', 'map-mark'),
      word('mapPrio', 'map-prio'),
      word('mapQueue', 'map-queue'),
    ],
  ],
  ['SNAT', [tight('toSource', 'to:'), ...randomly]],
  ['SNPT', prefixes('SNPT')],
  ['SYNPROXY', [synproxy]],
  ['TCPMSS', [after('setMss', 'TCPMSS set'), word('clampMssToPmtu', 'TCPMSS clamp to PMTU')]],
  ['TCPOPTSTRIP', [strippedOptions]],
  ['TEE', [tight('gateway', 'TEE gw:'), tight('oif', 'oif=')]],
  ['TOS', [typeOfService]],
  [
    'TPROXY',
    [
      (shown) =>
        `TPROXY redirect ${shown.text('onIp')}:${shown.text('onPort')} mark ${shown.text('tproxyMark')}`,
    ],
  ],
  ['TTL', lifetime('TTL', 'ttl')],
])
