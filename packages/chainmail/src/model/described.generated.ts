// Made from the extension files. To make it anew: UPDATE_GOLDEN=1 npm test -- reference
import type { InputOptions, StoredOptions } from './extension.ts'
import type { matches } from './matches/index.ts'
import type { targets } from './targets/index.ts'

type Named<E, N> = Extract<E, { readonly name: N }>
// Where the families have different options under one name, an option of either.
type OptionOf<O, K extends PropertyKey> = O extends { readonly [P in K]?: infer V } ? V : never
type MatchIn<N, K extends PropertyKey> = OptionOf<InputOptions<Named<(typeof matches)[number], N>>, K>
type MatchOut<N, K extends PropertyKey> = OptionOf<StoredOptions<Named<(typeof matches)[number], N>>, K>
type TargetIn<N, K extends PropertyKey> = OptionOf<InputOptions<Named<(typeof targets)[number], N>>, K>
type TargetOut<N, K extends PropertyKey> = OptionOf<StoredOptions<Named<(typeof targets)[number], N>>, K>

/** The matches as a caller may write them. */
export interface DescribedMatchesInput {
  /** Compares the kind of address that routing sees in source or destination. */
  readonly addrtype?: {
    /** The source address is of one of these types. */
    readonly srcType?: MatchIn<'addrtype', 'srcType'>
    /** The destination address is of one of these types. */
    readonly dstType?: MatchIn<'addrtype', 'dstType'>
    /** Looks only at the interface that the packet came in by. */
    readonly limitIfaceIn?: MatchIn<'addrtype', 'limitIfaceIn'>
    /** Looks only at the interface that the packet leaves by. */
    readonly limitIfaceOut?: MatchIn<'addrtype', 'limitIfaceOut'>
  }
  /** Compares the authentication header of IPsec. */
  readonly ah?: {
    /** The security parameter index, or a range of them. */
    readonly ahspi?: MatchIn<'ah', 'ahspi'>
    /** The length of the header in bytes; 0 is any. */
    readonly ahlen?: MatchIn<'ah', 'ahlen'>
    /** The reserved bits are 0. */
    readonly ahres?: MatchIn<'ah', 'ahres'>
  }
  /** Asks a program for the Berkeley Packet Filter. */
  readonly bpf?: {
    /** The path of an eBPF program that is pinned in a bpf file system. */
    readonly objectPinned?: MatchIn<'bpf', 'objectPinned'>
    /** A classic program, as nfbpf_compile prints it. */
    readonly bytecode?: MatchIn<'bpf', 'bytecode'>
  }
  /** Compares the control group of the process that owns the packet’s socket. */
  readonly cgroup?: {
    /** A group of cgroup v2, or one below it, by its path from the root. */
    readonly path?: MatchIn<'cgroup', 'path'>
    /** The classid that net_cls of cgroup v1 gave to the group. */
    readonly cgroup?: MatchIn<'cgroup', 'cgroup'>
  }
  /** Decides by a hash of its source whether this node of a cluster handles a connection. */
  readonly cluster?: {
    /** A bit for each node that this one stands for; --cluster-local-node takes a number. */
    readonly localNodemask: MatchIn<'cluster', 'localNodemask'>
    /** How many nodes there are, 1 to 32. */
    readonly totalNodes: MatchIn<'cluster', 'totalNodes'>
    /** The seed of the hash. */
    readonly hashSeed: MatchIn<'cluster', 'hashSeed'>
  }
  /** Matches every packet; carries a remark. */
  readonly comment?: {
    /** The remark, at most 255 bytes on one line. */
    readonly comment: MatchIn<'comment', 'comment'>
  }
  /** Compares how much a connection has carried; needs net.netfilter.nf_conntrack_acct. */
  readonly connbytes?: {
    /** The least amount, or the least and the greatest. */
    readonly connbytes: MatchIn<'connbytes', 'connbytes'>
    /** What is counted: packets, bytes, or bytes in a packet on average. */
    readonly mode: MatchIn<'connbytes', 'mode'>
    /** The direction that is counted. */
    readonly dir: MatchIn<'connbytes', 'dir'>
  }
  /** Looks for a label on the connection, and puts it there if wanted. */
  readonly connlabel?: {
    /** The label, 0 to 127, or its name in /etc/xtables/connlabel.conf. */
    readonly label: MatchIn<'connlabel', 'label'>
    /** Puts the label on the connection. */
    readonly set?: MatchIn<'connlabel', 'set'>
  }
  /** Compares how many connections an address, or a network, has at the same time. */
  readonly connlimit?: {
    /** At most so many connections exist; negated, more than that. */
    readonly upto?: MatchIn<'connlimit', 'upto'>
    /** More connections exist; negated, at most that. */
    readonly above?: MatchIn<'connlimit', 'above'>
    /** Addresses with the same first bits count together; all bits if not given. */
    readonly mask?: MatchIn<'connlimit', 'mask'>
    /** Counts for the source address; so it does if nothing is said. */
    readonly saddr?: MatchIn<'connlimit', 'saddr'>
    /** Counts for the destination address. */
    readonly daddr?: MatchIn<'connlimit', 'daddr'>
  }
  /** Compares the mark that netfilter keeps with the connection. */
  readonly connmark?: {
    /** The connection’s mark, or the bits of it under the mask. */
    readonly mark: MatchIn<'connmark', 'mark'>
  }
  /** Compares what connection tracking knows of the packet’s connection. */
  readonly conntrack?: {
    /** The connection is in one of these states. */
    readonly ctstate?: MatchIn<'conntrack', 'ctstate'>
    /** The connection’s protocol. */
    readonly ctproto?: MatchIn<'conntrack', 'ctproto'>
    /** Source in the direction of the first packet. */
    readonly ctorigsrc?: MatchIn<'conntrack', 'ctorigsrc'>
    /** Destination in the direction of the first packet. */
    readonly ctorigdst?: MatchIn<'conntrack', 'ctorigdst'>
    /** Source in the direction of the answer. */
    readonly ctreplsrc?: MatchIn<'conntrack', 'ctreplsrc'>
    /** Destination in the direction of the answer. */
    readonly ctrepldst?: MatchIn<'conntrack', 'ctrepldst'>
    /** Source port of the first packet. */
    readonly ctorigsrcport?: MatchIn<'conntrack', 'ctorigsrcport'>
    /** Destination port of the first packet. */
    readonly ctorigdstport?: MatchIn<'conntrack', 'ctorigdstport'>
    /** Source port of the answer. */
    readonly ctreplsrcport?: MatchIn<'conntrack', 'ctreplsrcport'>
    /** Destination port of the answer. */
    readonly ctrepldstport?: MatchIn<'conntrack', 'ctrepldstport'>
    /** The connection has one of these statuses. */
    readonly ctstatus?: MatchIn<'conntrack', 'ctstatus'>
    /** Seconds that the connection has left. */
    readonly ctexpire?: MatchIn<'conntrack', 'ctexpire'>
    /** The packet’s direction. */
    readonly ctdir?: MatchIn<'conntrack', 'ctdir'>
  }
  /** Compares the processor that handles the packet. */
  readonly cpu?: {
    /** The processor, counted from 0. */
    readonly cpu: MatchIn<'cpu', 'cpu'>
  }
  /** Compares ports, type and options of a DCCP packet. */
  readonly dccp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchIn<'dccp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchIn<'dccp', 'dport'>
    /** The packet is of one of these types. */
    readonly dccpTypes?: MatchIn<'dccp', 'dccpTypes'>
    /** The packet has this option. */
    readonly dccpOption?: MatchIn<'dccp', 'dccpOption'>
  }
  /** Compares the group of the interface that the packet came in by, or leaves by. */
  readonly devgroup?: {
    /** The group of the interface that the packet came in by. */
    readonly srcGroup?: MatchIn<'devgroup', 'srcGroup'>
    /** The group of the interface that the packet leaves by. */
    readonly dstGroup?: MatchIn<'devgroup', 'dstGroup'>
  }
  /** Compares the DSCP bits of the IP header. */
  readonly dscp?: {
    /** The value, 0 to 63; --dscp-class takes the name of a class. */
    readonly dscp: MatchIn<'dscp', 'dscp'>
  }
  /** Compares the header of destination options. */
  readonly dst?: {
    /** The length of the header in bytes. */
    readonly dstLen?: MatchIn<'dst', 'dstLen'>
    /** The options it has, each a type or type:length. */
    readonly dstOpts?: MatchIn<'dst', 'dstOpts'>
  }
  /** Compares the bits of explicit congestion notification (RFC 3168). */
  readonly ecn?: {
    /** The echo bit of the TCP header is set. */
    readonly ecnTcpEce?: MatchIn<'ecn', 'ecnTcpEce'>
    /** The bit of the TCP header for a reduced congestion window is set. */
    readonly ecnTcpCwr?: MatchIn<'ecn', 'ecnTcpCwr'>
    /** The two bits of the IP header, 0 to 3. */
    readonly ecnIpEct?: MatchIn<'ecn', 'ecnIpEct'>
  }
  /** Compares the encapsulating security payload header of IPsec. */
  readonly esp?: {
    /** The security parameter index, or a range of them. */
    readonly espspi?: MatchIn<'esp', 'espspi'>
  }
  /** The source address ends in the EUI-64 of the Ethernet address that the packet came from. */
  readonly eui64?: {
  }
  /** Compares the fragment header. */
  readonly frag?: {
    /** The identification, or a range of them. */
    readonly fragid?: MatchIn<'frag', 'fragid'>
    /** The length of the header; Linux since 2.6.10 does not look at it. */
    readonly fraglen?: MatchIn<'frag', 'fraglen'>
    /** The reserved bits are 0. */
    readonly fragres?: MatchIn<'frag', 'fragres'>
    /** It is the first fragment. */
    readonly fragfirst?: MatchIn<'frag', 'fragfirst'>
    /** More fragments follow. */
    readonly fragmore?: MatchIn<'frag', 'fragmore'>
    /** It is the last fragment. */
    readonly fraglast?: MatchIn<'frag', 'fraglast'>
  }
  /** Matches until a rate is used up, kept for each address or port by itself (a token bucket). */
  readonly hashlimit?: {
    /** The rate is at most this, in packets or in bytes; negated, above it. */
    readonly upto?: MatchIn<'hashlimit', 'upto'>
    /** The rate is above this; negated, at most this. */
    readonly above?: MatchIn<'hashlimit', 'above'>
    /** How much may pass at once: packets, 5 if not given; or bytes, a multiple of the rate. */
    readonly burst?: MatchIn<'hashlimit', 'burst'>
    /** What has a rate of its own; everything together if not given. */
    readonly mode?: MatchIn<'hashlimit', 'mode'>
    /** The name of the table in /proc/net/ipt_hashlimit. */
    readonly name: MatchIn<'hashlimit', 'name'>
    /** Buckets of the table; the kernel chooses if not given. */
    readonly htableSize?: MatchIn<'hashlimit', 'htableSize'>
    /** Entries that the table may have; the kernel chooses if not given. */
    readonly htableMax?: MatchIn<'hashlimit', 'htableMax'>
    /** Milliseconds from one clearing of the table to the next; 1000 if not given. */
    readonly htableGcinterval?: MatchIn<'hashlimit', 'htableGcinterval'>
    /** Milliseconds after which an idle entry leaves; the unit of the rate if not given. */
    readonly htableExpire?: MatchIn<'hashlimit', 'htableExpire'>
    /** Source addresses with the same first bits count together. */
    readonly srcmask?: MatchIn<'hashlimit', 'srcmask'>
    /** Destination addresses with the same first bits count together. */
    readonly dstmask?: MatchIn<'hashlimit', 'dstmask'>
    /** Tells only whether the flow is above or below the rate. */
    readonly rateMatch?: MatchIn<'hashlimit', 'rateMatch'>
    /** Seconds over which rateMatch measures; the unit of the rate if not given. */
    readonly rateInterval?: MatchIn<'hashlimit', 'rateInterval'>
  }
  /** Compares the header of hop-by-hop options. */
  readonly hbh?: {
    /** The length of the header in bytes. */
    readonly hbhLen?: MatchIn<'hbh', 'hbhLen'>
    /** The options it has, each a type or type:length. */
    readonly hbhOpts?: MatchIn<'hbh', 'hbhOpts'>
  }
  /** Compares the name of the helper that tracks the connection. */
  readonly helper?: {
    /** The helper, such as ftp, or ftp-2121 on a port of its own; empty is any. */
    readonly helper: MatchIn<'helper', 'helper'>
  }
  /** Compares the hop limit of the IPv6 header. */
  readonly hl?: {
    /** The hop limit is this. */
    readonly hlEq?: MatchIn<'hl', 'hlEq'>
    /** The hop limit is less. */
    readonly hlLt?: MatchIn<'hl', 'hlLt'>
    /** The hop limit is greater. */
    readonly hlGt?: MatchIn<'hl', 'hlGt'>
  }
  /** Compares type and code of an ICMP message. */
  readonly icmp?: {
    /** Type, type/code, name or any. */
    readonly icmpType: MatchIn<'icmp', 'icmpType'>
  }
  /** Compares type and code of an ICMPv6 message. */
  readonly icmp6?: {
    /** Type, type/code or name. */
    readonly icmpv6Type: MatchIn<'icmp6', 'icmpv6Type'>
  }
  /** Compares the header of IP payload compression (RFC 3173). */
  readonly ipcomp?: {
    /** The compression parameter index, or a range of them; 0 if not given. */
    readonly ipcompspi?: MatchIn<'ipcomp', 'ipcompspi'>
    /** The reserved bits are 0. */
    readonly compres?: MatchIn<'ipcomp', 'compres'>
  }
  /** Compares source or destination with a range of addresses. */
  readonly iprange?: {
    /** The source address is in this range. */
    readonly srcRange?: MatchIn<'iprange', 'srcRange'>
    /** The destination address is in this range. */
    readonly dstRange?: MatchIn<'iprange', 'dstRange'>
  }
  /** Compares which headers the packet has behind the IPv6 header. */
  readonly ipv6header?: {
    /** The packet has exactly these headers; protocol is any of an upper layer. */
    readonly header: MatchIn<'ipv6header', 'header'>
    /** One of the headers is enough. */
    readonly soft?: MatchIn<'ipv6header', 'soft'>
  }
  /** Compares what IPVS knows of the packet’s connection. */
  readonly ipvs?: {
    /** The packet belongs to a connection of IPVS; every other option says so too. */
    readonly ipvs?: MatchIn<'ipvs', 'ipvs'>
    /** The service’s protocol. */
    readonly vproto?: MatchIn<'ipvs', 'vproto'>
    /** The service’s address or network. */
    readonly vaddr?: MatchIn<'ipvs', 'vaddr'>
    /** The service’s port. */
    readonly vport?: MatchIn<'ipvs', 'vport'>
    /** The packet’s direction. */
    readonly vdir?: MatchIn<'ipvs', 'vdir'>
    /** How IPVS forwards the connection. */
    readonly vmethod?: MatchIn<'ipvs', 'vmethod'>
    /** The service’s port of the connection that controls this one, such as 21 for FTP. */
    readonly vportctl?: MatchIn<'ipvs', 'vportctl'>
  }
  /** Compares the length of the packet without its link layer header. */
  readonly length?: {
    /** Length in bytes, or a range of them. */
    readonly length: MatchIn<'length', 'length'>
  }
  /** Matches until a rate is used up (a token bucket). */
  readonly limit?: {
    /** Average rate, such as 10/min; 3/hour if not given. */
    readonly limit?: MatchIn<'limit', 'limit'>
    /** Packets let through at once, 1 to 10000; 5 if not given. */
    readonly burst?: MatchIn<'limit', 'burst'>
  }
  /** Compares the source address of the Ethernet frame. */
  readonly mac?: {
    /** The Ethernet address that the packet came from. */
    readonly macSource: MatchIn<'mac', 'macSource'>
  }
  /** Compares the mark that netfilter keeps with the packet. */
  readonly mark?: {
    /** The mark, or the bits of it under the mask. */
    readonly mark: MatchIn<'mark', 'mark'>
  }
  /** Compares the type of a Mobile IPv6 message. */
  readonly mh?: {
    /** A type by number or name, or a range of types. */
    readonly mhType?: MatchIn<'mh', 'mhType'>
  }
  /** Compares the ports with a list of up to 15 ports; a range counts as two. */
  readonly multiport?: {
    /** The source port is in the list. */
    readonly sports?: MatchIn<'multiport', 'sports'>
    /** The destination port is in the list. */
    readonly dports?: MatchIn<'multiport', 'dports'>
    /** The source or the destination port is in the list. */
    readonly ports?: MatchIn<'multiport', 'ports'>
  }
  /** Counts the packet in an accounting object made with nfacct(8). */
  readonly nfacct?: {
    /** The name of the object, which has to exist. */
    readonly nfacctName: MatchIn<'nfacct', 'nfacctName'>
  }
  /** Guesses the sender’s operating system from a TCP SYN. */
  readonly osf?: {
    /** The operating system, as the loaded fingerprints name it. */
    readonly genre: MatchIn<'osf', 'genre'>
    /** Time to live: 0 as in the fingerprint, 1 at most that, 2 not compared. */
    readonly ttl?: MatchIn<'osf', 'ttl'>
    /** Writes to the kernel log: 0 all signatures, 1 the first, 2 all known ones that match. */
    readonly log?: MatchIn<'osf', 'log'>
  }
  /** Compares the owner of the local socket that the packet comes from. */
  readonly owner?: {
    /** The packet has a socket. */
    readonly socketExists?: MatchIn<'owner', 'socketExists'>
    /** The user: a number, a range of numbers, or a name that the host resolves. */
    readonly uidOwner?: MatchIn<'owner', 'uidOwner'>
    /** The group: a number, a range of numbers, or a name that the host resolves. */
    readonly gidOwner?: MatchIn<'owner', 'gidOwner'>
    /** The group may be a supplementary one too. */
    readonly supplGroups?: MatchIn<'owner', 'supplGroups'>
  }
  /** Compares the ports of the bridge by which a packet comes and goes. */
  readonly physdev?: {
    /** It came in by a bridge. */
    readonly physdevIsIn?: MatchIn<'physdev', 'physdevIsIn'>
    /** The bridge port that it came in by. */
    readonly physdevIn?: MatchIn<'physdev', 'physdevIn'>
    /** It will leave by a bridge. */
    readonly physdevIsOut?: MatchIn<'physdev', 'physdevIsOut'>
    /** The bridge port that it will leave by. */
    readonly physdevOut?: MatchIn<'physdev', 'physdevOut'>
    /** It is bridged, not routed. */
    readonly physdevIsBridged?: MatchIn<'physdev', 'physdevIsBridged'>
  }
  /** Compares to whom the packet was sent on the link layer. */
  readonly pkttype?: {
    /** To this host, to all, to a group, or to another host. */
    readonly pktType: MatchIn<'pkttype', 'pktType'>
  }
  /** Compares the IPsec policy by which the packet was, or will be, handled. */
  readonly policy?: {
    /** in: the policy of decapsulation; out: the policy of encapsulation. */
    readonly dir: MatchIn<'policy', 'dir'>
    /** Whether IPsec has to do with the packet; ipsec if not given. */
    readonly pol?: MatchIn<'policy', 'pol'>
    /** The elements are the whole policy; without it, one of it is like the element. */
    readonly strict?: MatchIn<'policy', 'strict'>
    /** What the elements of the policy are, the first to the last, with --next between them. */
    readonly elements?: MatchIn<'policy', 'elements'>
  }
  /** Matches until so many bytes have gone by. */
  readonly quota?: {
    /** How many bytes; negated, it matches once they are used up. */
    readonly quota: MatchIn<'quota', 'quota'>
  }
  /** Compares rates that the RATEEST target measures, with a number or with each other. */
  readonly rateest?: {
    /** Compares by how much less than the given rate each estimator measures. */
    readonly rateestDelta?: MatchIn<'rateest', 'rateestDelta'>
    /** The one estimator. */
    readonly rateest?: MatchIn<'rateest', 'rateest'>
    /** The first of two estimators. */
    readonly rateest1?: MatchIn<'rateest', 'rateest1'>
    /** What the first rate is taken from, in bits a second. */
    readonly rateestBps1?: MatchIn<'rateest', 'rateestBps1'>
    /** What the first rate is taken from, in packets a second. */
    readonly rateestPps1?: MatchIn<'rateest', 'rateestPps1'>
    /** The first is less. */
    readonly rateestLt?: MatchIn<'rateest', 'rateestLt'>
    /** The first is greater. */
    readonly rateestGt?: MatchIn<'rateest', 'rateestGt'>
    /** They are equal. */
    readonly rateestEq?: MatchIn<'rateest', 'rateestEq'>
    /** Bits a second: the rate to compare with, or true between two estimators. */
    readonly rateestBps?: MatchIn<'rateest', 'rateestBps'>
    /** Packets a second: the rate to compare with, or true between two estimators. */
    readonly rateestPps?: MatchIn<'rateest', 'rateestPps'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestBps2?: MatchIn<'rateest', 'rateestBps2'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestPps2?: MatchIn<'rateest', 'rateestPps2'>
    /** The second of two estimators. */
    readonly rateest2?: MatchIn<'rateest', 'rateest2'>
  }
  /** Compares the routing realm that the route lookup gave the packet. */
  readonly realm?: {
    /** The realm, the bits of it under the mask, or a name of rt_realms. */
    readonly realm: MatchIn<'realm', 'realm'>
  }
  /** Keeps a list of addresses seen, and asks it. */
  readonly recent?: {
    /** Puts the address into the list and matches. */
    readonly set?: MatchIn<'recent', 'set'>
    /** The address is in the list. */
    readonly rcheck?: MatchIn<'recent', 'rcheck'>
    /** The address is in the list, and is noted as seen just now. */
    readonly update?: MatchIn<'recent', 'update'>
    /** The address is in the list, and is taken out. */
    readonly remove?: MatchIn<'recent', 'remove'>
    /** It was seen within so many seconds; with rcheck and update. */
    readonly seconds?: MatchIn<'recent', 'seconds'>
    /** Older entries are thrown away. */
    readonly reap?: MatchIn<'recent', 'reap'>
    /** It was seen at least so many times; with rcheck and update. 0 means any number. */
    readonly hitcount?: MatchIn<'recent', 'hitcount'>
    /** The time to live is that of the packet that set was about; with rcheck and update. */
    readonly rttl?: MatchIn<'recent', 'rttl'>
    /** The name of the list; DEFAULT if not given. */
    readonly name?: MatchIn<'recent', 'name'>
    /** The bits of the address that are kept; all if not given. */
    readonly mask?: MatchIn<'recent', 'mask'>
    /** The source address counts, as it does if nothing is said. */
    readonly rsource?: MatchIn<'recent', 'rsource'>
    /** The destination address counts. */
    readonly rdest?: MatchIn<'recent', 'rdest'>
  }
  /** Matches when an answer would leave by the interface that the packet came in by. */
  readonly rpfilter?: {
    /** The answer may leave by any interface. */
    readonly loose?: MatchIn<'rpfilter', 'loose'>
    /** The packet’s mark takes part in the route lookup. */
    readonly validmark?: MatchIn<'rpfilter', 'validmark'>
    /** Packets from the network that bear an address of this host pass the test. */
    readonly acceptLocal?: MatchIn<'rpfilter', 'acceptLocal'>
    /** Matches packets that fail the test. */
    readonly invert?: MatchIn<'rpfilter', 'invert'>
  }
  /** Compares the IPv6 routing header. */
  readonly rt?: {
    /** The type of the header. */
    readonly rtType?: MatchIn<'rt', 'rtType'>
    /** How many segments are left, or a range. */
    readonly rtSegsleft?: MatchIn<'rt', 'rtSegsleft'>
    /** The length of the header. */
    readonly rtLen?: MatchIn<'rt', 'rtLen'>
    /** The reserved field of type 0 is compared too. */
    readonly rt0Res?: MatchIn<'rt', 'rt0Res'>
    /** The addresses of type 0. */
    readonly rt0Addrs?: MatchIn<'rt', 'rt0Addrs'>
    /** Other addresses may stand between those of the list. */
    readonly rt0NotStrict?: MatchIn<'rt', 'rt0NotStrict'>
  }
  /** Compares the ports and chunks of an SCTP packet. */
  readonly sctp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchIn<'sctp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchIn<'sctp', 'dport'>
    /** The packet has all or any of these chunk types, or them only. */
    readonly chunkTypes?: MatchIn<'sctp', 'chunkTypes'>
  }
  /** Looks the packet’s addresses or ports up in an IP set. */
  readonly set?: {
    /** The set, and which parts of the packet to look up: src or dst for each dimension. */
    readonly matchSet: MatchIn<'set', 'matchSet'>
    /** Matches the set’s nomatch entries instead. */
    readonly returnNomatch?: MatchIn<'set', 'returnNomatch'>
    /** Negated: the packet is not counted in the set’s entry. */
    readonly updateCounters?: MatchIn<'set', 'updateCounters'>
    /** Negated: the packet is not counted in the member sets of a list. */
    readonly updateSubcounters?: MatchIn<'set', 'updateSubcounters'>
    /** The entry’s packet counter is this. */
    readonly packetsEq?: MatchIn<'set', 'packetsEq'>
    /** The entry’s packet counter is less. */
    readonly packetsLt?: MatchIn<'set', 'packetsLt'>
    /** The entry’s packet counter is greater. */
    readonly packetsGt?: MatchIn<'set', 'packetsGt'>
    /** The entry’s byte counter is this. */
    readonly bytesEq?: MatchIn<'set', 'bytesEq'>
    /** The entry’s byte counter is less. */
    readonly bytesLt?: MatchIn<'set', 'bytesLt'>
    /** The entry’s byte counter is greater. */
    readonly bytesGt?: MatchIn<'set', 'bytesGt'>
  }
  /** Matches when this host has an open TCP or UDP socket for the packet. */
  readonly socket?: {
    /** Only transparent sockets count. */
    readonly transparent?: MatchIn<'socket', 'transparent'>
    /** Sockets bound to any address count too. */
    readonly nowildcard?: MatchIn<'socket', 'nowildcard'>
    /** Gives the packet the mark of the socket. */
    readonly restoreSkmark?: MatchIn<'socket', 'restoreSkmark'>
  }
  /** Compares the IPv6 segment routing header. */
  readonly srh?: {
    /** The protocol number of the next header. */
    readonly srhNextHdr?: MatchIn<'srh', 'srhNextHdr'>
    /** The header’s length field is this. */
    readonly srhHdrLenEq?: MatchIn<'srh', 'srhHdrLenEq'>
    /** The header’s length field is greater. */
    readonly srhHdrLenGt?: MatchIn<'srh', 'srhHdrLenGt'>
    /** The header’s length field is less. */
    readonly srhHdrLenLt?: MatchIn<'srh', 'srhHdrLenLt'>
    /** So many segments are left. */
    readonly srhSegsLeftEq?: MatchIn<'srh', 'srhSegsLeftEq'>
    /** More segments are left. */
    readonly srhSegsLeftGt?: MatchIn<'srh', 'srhSegsLeftGt'>
    /** Fewer segments are left. */
    readonly srhSegsLeftLt?: MatchIn<'srh', 'srhSegsLeftLt'>
    /** The index of the last segment is this. */
    readonly srhLastEntryEq?: MatchIn<'srh', 'srhLastEntryEq'>
    /** The index of the last segment is greater. */
    readonly srhLastEntryGt?: MatchIn<'srh', 'srhLastEntryGt'>
    /** The index of the last segment is less. */
    readonly srhLastEntryLt?: MatchIn<'srh', 'srhLastEntryLt'>
    /** The tag. */
    readonly srhTag?: MatchIn<'srh', 'srhTag'>
    /** The previous segment. */
    readonly srhPsid?: MatchIn<'srh', 'srhPsid'>
    /** The next segment. */
    readonly srhNsid?: MatchIn<'srh', 'srhNsid'>
    /** The last segment. */
    readonly srhLsid?: MatchIn<'srh', 'srhLsid'>
  }
  /** Compares the state that connection tracking gives to the packet; conntrack does more. */
  readonly state?: {
    /** The packet is in one of these states. */
    readonly state: MatchIn<'state', 'state'>
  }
  /** Matches some packets only: by chance, or every nth. */
  readonly statistic?: {
    /** random takes a probability, nth takes every and packet. */
    readonly mode: MatchIn<'statistic', 'mode'>
    /** How likely a packet is to match, 0 to 1. */
    readonly probability?: MatchIn<'statistic', 'probability'>
    /** One packet of so many matches. */
    readonly every?: MatchIn<'statistic', 'every'>
    /** The count that the first packet begins at, less than every. */
    readonly packet?: MatchIn<'statistic', 'packet'>
  }
  /** Looks for a text or for bytes in the packet. */
  readonly string?: {
    /** The text, 1 to 128 bytes. */
    readonly string?: MatchIn<'string', 'string'>
    /** The bytes, in hexadecimal between bars. A pattern that is printable is held as string. */
    readonly hexString?: MatchIn<'string', 'hexString'>
    /** How to search: bm (Boyer-Moore) or kmp (Knuth-Pratt-Morris). */
    readonly algo: MatchIn<'string', 'algo'>
    /** Where the search begins; 0 if not given. */
    readonly from?: MatchIn<'string', 'from'>
    /** Where the search ends; the end of the packet if not given. */
    readonly to?: MatchIn<'string', 'to'>
    /** Case does not matter. */
    readonly icase?: MatchIn<'string', 'icase'>
  }
  /** Compares ports, flags and options of a TCP packet. */
  readonly tcp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchIn<'tcp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchIn<'tcp', 'dport'>
    /** The TCP header has this option. */
    readonly tcpOption?: MatchIn<'tcp', 'tcpOption'>
    /** Of the flags in mask, exactly those in set are up. */
    readonly tcpFlags?: MatchIn<'tcp', 'tcpFlags'>
  }
  /** Compares the maximum segment size that a TCP SYN or SYN/ACK announces. */
  readonly tcpmss?: {
    /** A size in bytes, or a range of them. */
    readonly mss: MatchIn<'tcpmss', 'mss'>
  }
  /** Matches at some times of the day, days and dates only. */
  readonly time?: {
    /** From this time of day on; midnight if not given. */
    readonly timestart?: MatchIn<'time', 'timestart'>
    /** Up to this time of day; the end of the day if not given. */
    readonly timestop?: MatchIn<'time', 'timestop'>
    /** On these days of the month. */
    readonly monthdays?: MatchIn<'time', 'monthdays'>
    /** On these days of the week. */
    readonly weekdays?: MatchIn<'time', 'weekdays'>
    /** From this moment on. */
    readonly datestart?: MatchIn<'time', 'datestart'>
    /** Up to this moment. */
    readonly datestop?: MatchIn<'time', 'datestop'>
    /** Times are in the kernel’s time zone instead of UTC. */
    readonly kerneltz?: MatchIn<'time', 'kerneltz'>
    /** A time that ends before it begins goes on past midnight. */
    readonly contiguous?: MatchIn<'time', 'contiguous'>
  }
  /** Compares the type of service of IPv4, or the traffic class of IPv6. */
  readonly tos?: {
    /** The value, the bits of it under the mask, or a name. */
    readonly tos: MatchIn<'tos', 'tos'>
  }
  /** Compares the time to live of an IPv4 packet. */
  readonly ttl?: {
    /** The time to live is this. */
    readonly ttlEq?: MatchIn<'ttl', 'ttlEq'>
    /** The time to live is less. */
    readonly ttlLt?: MatchIn<'ttl', 'ttlLt'>
    /** The time to live is greater. */
    readonly ttlGt?: MatchIn<'ttl', 'ttlGt'>
  }
  /** Compares numbers of up to four bytes taken from anywhere in the packet. */
  readonly u32?: {
    /** Where to look and what to find there: location=value&&location=value. */
    readonly u32: MatchIn<'u32', 'u32'>
  }
  /** Compares the ports of a UDP packet. */
  readonly udp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchIn<'udp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchIn<'udp', 'dport'>
  }
}

/** The matches as chainmail holds them. */
export interface DescribedMatches {
  /** Compares the kind of address that routing sees in source or destination. */
  readonly addrtype?: {
    /** The source address is of one of these types. */
    readonly srcType?: MatchOut<'addrtype', 'srcType'>
    /** The destination address is of one of these types. */
    readonly dstType?: MatchOut<'addrtype', 'dstType'>
    /** Looks only at the interface that the packet came in by. */
    readonly limitIfaceIn?: MatchOut<'addrtype', 'limitIfaceIn'>
    /** Looks only at the interface that the packet leaves by. */
    readonly limitIfaceOut?: MatchOut<'addrtype', 'limitIfaceOut'>
  }
  /** Compares the authentication header of IPsec. */
  readonly ah?: {
    /** The security parameter index, or a range of them. */
    readonly ahspi?: MatchOut<'ah', 'ahspi'>
    /** The length of the header in bytes; 0 is any. */
    readonly ahlen?: MatchOut<'ah', 'ahlen'>
    /** The reserved bits are 0. */
    readonly ahres?: MatchOut<'ah', 'ahres'>
  }
  /** Asks a program for the Berkeley Packet Filter. */
  readonly bpf?: {
    /** The path of an eBPF program that is pinned in a bpf file system. */
    readonly objectPinned?: MatchOut<'bpf', 'objectPinned'>
    /** A classic program, as nfbpf_compile prints it. */
    readonly bytecode?: MatchOut<'bpf', 'bytecode'>
  }
  /** Compares the control group of the process that owns the packet’s socket. */
  readonly cgroup?: {
    /** A group of cgroup v2, or one below it, by its path from the root. */
    readonly path?: MatchOut<'cgroup', 'path'>
    /** The classid that net_cls of cgroup v1 gave to the group. */
    readonly cgroup?: MatchOut<'cgroup', 'cgroup'>
  }
  /** Decides by a hash of its source whether this node of a cluster handles a connection. */
  readonly cluster?: {
    /** A bit for each node that this one stands for; --cluster-local-node takes a number. */
    readonly localNodemask: MatchOut<'cluster', 'localNodemask'>
    /** How many nodes there are, 1 to 32. */
    readonly totalNodes: MatchOut<'cluster', 'totalNodes'>
    /** The seed of the hash. */
    readonly hashSeed: MatchOut<'cluster', 'hashSeed'>
  }
  /** Matches every packet; carries a remark. */
  readonly comment?: {
    /** The remark, at most 255 bytes on one line. */
    readonly comment: MatchOut<'comment', 'comment'>
  }
  /** Compares how much a connection has carried; needs net.netfilter.nf_conntrack_acct. */
  readonly connbytes?: {
    /** The least amount, or the least and the greatest. */
    readonly connbytes: MatchOut<'connbytes', 'connbytes'>
    /** What is counted: packets, bytes, or bytes in a packet on average. */
    readonly mode: MatchOut<'connbytes', 'mode'>
    /** The direction that is counted. */
    readonly dir: MatchOut<'connbytes', 'dir'>
  }
  /** Looks for a label on the connection, and puts it there if wanted. */
  readonly connlabel?: {
    /** The label, 0 to 127, or its name in /etc/xtables/connlabel.conf. */
    readonly label: MatchOut<'connlabel', 'label'>
    /** Puts the label on the connection. */
    readonly set?: MatchOut<'connlabel', 'set'>
  }
  /** Compares how many connections an address, or a network, has at the same time. */
  readonly connlimit?: {
    /** At most so many connections exist; negated, more than that. */
    readonly upto?: MatchOut<'connlimit', 'upto'>
    /** More connections exist; negated, at most that. */
    readonly above?: MatchOut<'connlimit', 'above'>
    /** Addresses with the same first bits count together; all bits if not given. */
    readonly mask?: MatchOut<'connlimit', 'mask'>
    /** Counts for the source address; so it does if nothing is said. */
    readonly saddr?: MatchOut<'connlimit', 'saddr'>
    /** Counts for the destination address. */
    readonly daddr?: MatchOut<'connlimit', 'daddr'>
  }
  /** Compares the mark that netfilter keeps with the connection. */
  readonly connmark?: {
    /** The connection’s mark, or the bits of it under the mask. */
    readonly mark: MatchOut<'connmark', 'mark'>
  }
  /** Compares what connection tracking knows of the packet’s connection. */
  readonly conntrack?: {
    /** The connection is in one of these states. */
    readonly ctstate?: MatchOut<'conntrack', 'ctstate'>
    /** The connection’s protocol. */
    readonly ctproto?: MatchOut<'conntrack', 'ctproto'>
    /** Source in the direction of the first packet. */
    readonly ctorigsrc?: MatchOut<'conntrack', 'ctorigsrc'>
    /** Destination in the direction of the first packet. */
    readonly ctorigdst?: MatchOut<'conntrack', 'ctorigdst'>
    /** Source in the direction of the answer. */
    readonly ctreplsrc?: MatchOut<'conntrack', 'ctreplsrc'>
    /** Destination in the direction of the answer. */
    readonly ctrepldst?: MatchOut<'conntrack', 'ctrepldst'>
    /** Source port of the first packet. */
    readonly ctorigsrcport?: MatchOut<'conntrack', 'ctorigsrcport'>
    /** Destination port of the first packet. */
    readonly ctorigdstport?: MatchOut<'conntrack', 'ctorigdstport'>
    /** Source port of the answer. */
    readonly ctreplsrcport?: MatchOut<'conntrack', 'ctreplsrcport'>
    /** Destination port of the answer. */
    readonly ctrepldstport?: MatchOut<'conntrack', 'ctrepldstport'>
    /** The connection has one of these statuses. */
    readonly ctstatus?: MatchOut<'conntrack', 'ctstatus'>
    /** Seconds that the connection has left. */
    readonly ctexpire?: MatchOut<'conntrack', 'ctexpire'>
    /** The packet’s direction. */
    readonly ctdir?: MatchOut<'conntrack', 'ctdir'>
  }
  /** Compares the processor that handles the packet. */
  readonly cpu?: {
    /** The processor, counted from 0. */
    readonly cpu: MatchOut<'cpu', 'cpu'>
  }
  /** Compares ports, type and options of a DCCP packet. */
  readonly dccp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOut<'dccp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOut<'dccp', 'dport'>
    /** The packet is of one of these types. */
    readonly dccpTypes?: MatchOut<'dccp', 'dccpTypes'>
    /** The packet has this option. */
    readonly dccpOption?: MatchOut<'dccp', 'dccpOption'>
  }
  /** Compares the group of the interface that the packet came in by, or leaves by. */
  readonly devgroup?: {
    /** The group of the interface that the packet came in by. */
    readonly srcGroup?: MatchOut<'devgroup', 'srcGroup'>
    /** The group of the interface that the packet leaves by. */
    readonly dstGroup?: MatchOut<'devgroup', 'dstGroup'>
  }
  /** Compares the DSCP bits of the IP header. */
  readonly dscp?: {
    /** The value, 0 to 63; --dscp-class takes the name of a class. */
    readonly dscp: MatchOut<'dscp', 'dscp'>
  }
  /** Compares the header of destination options. */
  readonly dst?: {
    /** The length of the header in bytes. */
    readonly dstLen?: MatchOut<'dst', 'dstLen'>
    /** The options it has, each a type or type:length. */
    readonly dstOpts?: MatchOut<'dst', 'dstOpts'>
  }
  /** Compares the bits of explicit congestion notification (RFC 3168). */
  readonly ecn?: {
    /** The echo bit of the TCP header is set. */
    readonly ecnTcpEce?: MatchOut<'ecn', 'ecnTcpEce'>
    /** The bit of the TCP header for a reduced congestion window is set. */
    readonly ecnTcpCwr?: MatchOut<'ecn', 'ecnTcpCwr'>
    /** The two bits of the IP header, 0 to 3. */
    readonly ecnIpEct?: MatchOut<'ecn', 'ecnIpEct'>
  }
  /** Compares the encapsulating security payload header of IPsec. */
  readonly esp?: {
    /** The security parameter index, or a range of them. */
    readonly espspi?: MatchOut<'esp', 'espspi'>
  }
  /** The source address ends in the EUI-64 of the Ethernet address that the packet came from. */
  readonly eui64?: {
  }
  /** Compares the fragment header. */
  readonly frag?: {
    /** The identification, or a range of them. */
    readonly fragid?: MatchOut<'frag', 'fragid'>
    /** The length of the header; Linux since 2.6.10 does not look at it. */
    readonly fraglen?: MatchOut<'frag', 'fraglen'>
    /** The reserved bits are 0. */
    readonly fragres?: MatchOut<'frag', 'fragres'>
    /** It is the first fragment. */
    readonly fragfirst?: MatchOut<'frag', 'fragfirst'>
    /** More fragments follow. */
    readonly fragmore?: MatchOut<'frag', 'fragmore'>
    /** It is the last fragment. */
    readonly fraglast?: MatchOut<'frag', 'fraglast'>
  }
  /** Matches until a rate is used up, kept for each address or port by itself (a token bucket). */
  readonly hashlimit?: {
    /** The rate is at most this, in packets or in bytes; negated, above it. */
    readonly upto?: MatchOut<'hashlimit', 'upto'>
    /** The rate is above this; negated, at most this. */
    readonly above?: MatchOut<'hashlimit', 'above'>
    /** How much may pass at once: packets, 5 if not given; or bytes, a multiple of the rate. */
    readonly burst?: MatchOut<'hashlimit', 'burst'>
    /** What has a rate of its own; everything together if not given. */
    readonly mode?: MatchOut<'hashlimit', 'mode'>
    /** The name of the table in /proc/net/ipt_hashlimit. */
    readonly name: MatchOut<'hashlimit', 'name'>
    /** Buckets of the table; the kernel chooses if not given. */
    readonly htableSize?: MatchOut<'hashlimit', 'htableSize'>
    /** Entries that the table may have; the kernel chooses if not given. */
    readonly htableMax?: MatchOut<'hashlimit', 'htableMax'>
    /** Milliseconds from one clearing of the table to the next; 1000 if not given. */
    readonly htableGcinterval?: MatchOut<'hashlimit', 'htableGcinterval'>
    /** Milliseconds after which an idle entry leaves; the unit of the rate if not given. */
    readonly htableExpire?: MatchOut<'hashlimit', 'htableExpire'>
    /** Source addresses with the same first bits count together. */
    readonly srcmask?: MatchOut<'hashlimit', 'srcmask'>
    /** Destination addresses with the same first bits count together. */
    readonly dstmask?: MatchOut<'hashlimit', 'dstmask'>
    /** Tells only whether the flow is above or below the rate. */
    readonly rateMatch?: MatchOut<'hashlimit', 'rateMatch'>
    /** Seconds over which rateMatch measures; the unit of the rate if not given. */
    readonly rateInterval?: MatchOut<'hashlimit', 'rateInterval'>
  }
  /** Compares the header of hop-by-hop options. */
  readonly hbh?: {
    /** The length of the header in bytes. */
    readonly hbhLen?: MatchOut<'hbh', 'hbhLen'>
    /** The options it has, each a type or type:length. */
    readonly hbhOpts?: MatchOut<'hbh', 'hbhOpts'>
  }
  /** Compares the name of the helper that tracks the connection. */
  readonly helper?: {
    /** The helper, such as ftp, or ftp-2121 on a port of its own; empty is any. */
    readonly helper: MatchOut<'helper', 'helper'>
  }
  /** Compares the hop limit of the IPv6 header. */
  readonly hl?: {
    /** The hop limit is this. */
    readonly hlEq?: MatchOut<'hl', 'hlEq'>
    /** The hop limit is less. */
    readonly hlLt?: MatchOut<'hl', 'hlLt'>
    /** The hop limit is greater. */
    readonly hlGt?: MatchOut<'hl', 'hlGt'>
  }
  /** Compares type and code of an ICMP message. */
  readonly icmp?: {
    /** Type, type/code, name or any. */
    readonly icmpType: MatchOut<'icmp', 'icmpType'>
  }
  /** Compares type and code of an ICMPv6 message. */
  readonly icmp6?: {
    /** Type, type/code or name. */
    readonly icmpv6Type: MatchOut<'icmp6', 'icmpv6Type'>
  }
  /** Compares the header of IP payload compression (RFC 3173). */
  readonly ipcomp?: {
    /** The compression parameter index, or a range of them; 0 if not given. */
    readonly ipcompspi?: MatchOut<'ipcomp', 'ipcompspi'>
    /** The reserved bits are 0. */
    readonly compres?: MatchOut<'ipcomp', 'compres'>
  }
  /** Compares source or destination with a range of addresses. */
  readonly iprange?: {
    /** The source address is in this range. */
    readonly srcRange?: MatchOut<'iprange', 'srcRange'>
    /** The destination address is in this range. */
    readonly dstRange?: MatchOut<'iprange', 'dstRange'>
  }
  /** Compares which headers the packet has behind the IPv6 header. */
  readonly ipv6header?: {
    /** The packet has exactly these headers; protocol is any of an upper layer. */
    readonly header: MatchOut<'ipv6header', 'header'>
    /** One of the headers is enough. */
    readonly soft?: MatchOut<'ipv6header', 'soft'>
  }
  /** Compares what IPVS knows of the packet’s connection. */
  readonly ipvs?: {
    /** The packet belongs to a connection of IPVS; every other option says so too. */
    readonly ipvs?: MatchOut<'ipvs', 'ipvs'>
    /** The service’s protocol. */
    readonly vproto?: MatchOut<'ipvs', 'vproto'>
    /** The service’s address or network. */
    readonly vaddr?: MatchOut<'ipvs', 'vaddr'>
    /** The service’s port. */
    readonly vport?: MatchOut<'ipvs', 'vport'>
    /** The packet’s direction. */
    readonly vdir?: MatchOut<'ipvs', 'vdir'>
    /** How IPVS forwards the connection. */
    readonly vmethod?: MatchOut<'ipvs', 'vmethod'>
    /** The service’s port of the connection that controls this one, such as 21 for FTP. */
    readonly vportctl?: MatchOut<'ipvs', 'vportctl'>
  }
  /** Compares the length of the packet without its link layer header. */
  readonly length?: {
    /** Length in bytes, or a range of them. */
    readonly length: MatchOut<'length', 'length'>
  }
  /** Matches until a rate is used up (a token bucket). */
  readonly limit?: {
    /** Average rate, such as 10/min; 3/hour if not given. */
    readonly limit?: MatchOut<'limit', 'limit'>
    /** Packets let through at once, 1 to 10000; 5 if not given. */
    readonly burst?: MatchOut<'limit', 'burst'>
  }
  /** Compares the source address of the Ethernet frame. */
  readonly mac?: {
    /** The Ethernet address that the packet came from. */
    readonly macSource: MatchOut<'mac', 'macSource'>
  }
  /** Compares the mark that netfilter keeps with the packet. */
  readonly mark?: {
    /** The mark, or the bits of it under the mask. */
    readonly mark: MatchOut<'mark', 'mark'>
  }
  /** Compares the type of a Mobile IPv6 message. */
  readonly mh?: {
    /** A type by number or name, or a range of types. */
    readonly mhType?: MatchOut<'mh', 'mhType'>
  }
  /** Compares the ports with a list of up to 15 ports; a range counts as two. */
  readonly multiport?: {
    /** The source port is in the list. */
    readonly sports?: MatchOut<'multiport', 'sports'>
    /** The destination port is in the list. */
    readonly dports?: MatchOut<'multiport', 'dports'>
    /** The source or the destination port is in the list. */
    readonly ports?: MatchOut<'multiport', 'ports'>
  }
  /** Counts the packet in an accounting object made with nfacct(8). */
  readonly nfacct?: {
    /** The name of the object, which has to exist. */
    readonly nfacctName: MatchOut<'nfacct', 'nfacctName'>
  }
  /** Guesses the sender’s operating system from a TCP SYN. */
  readonly osf?: {
    /** The operating system, as the loaded fingerprints name it. */
    readonly genre: MatchOut<'osf', 'genre'>
    /** Time to live: 0 as in the fingerprint, 1 at most that, 2 not compared. */
    readonly ttl?: MatchOut<'osf', 'ttl'>
    /** Writes to the kernel log: 0 all signatures, 1 the first, 2 all known ones that match. */
    readonly log?: MatchOut<'osf', 'log'>
  }
  /** Compares the owner of the local socket that the packet comes from. */
  readonly owner?: {
    /** The packet has a socket. */
    readonly socketExists?: MatchOut<'owner', 'socketExists'>
    /** The user: a number, a range of numbers, or a name that the host resolves. */
    readonly uidOwner?: MatchOut<'owner', 'uidOwner'>
    /** The group: a number, a range of numbers, or a name that the host resolves. */
    readonly gidOwner?: MatchOut<'owner', 'gidOwner'>
    /** The group may be a supplementary one too. */
    readonly supplGroups?: MatchOut<'owner', 'supplGroups'>
  }
  /** Compares the ports of the bridge by which a packet comes and goes. */
  readonly physdev?: {
    /** It came in by a bridge. */
    readonly physdevIsIn?: MatchOut<'physdev', 'physdevIsIn'>
    /** The bridge port that it came in by. */
    readonly physdevIn?: MatchOut<'physdev', 'physdevIn'>
    /** It will leave by a bridge. */
    readonly physdevIsOut?: MatchOut<'physdev', 'physdevIsOut'>
    /** The bridge port that it will leave by. */
    readonly physdevOut?: MatchOut<'physdev', 'physdevOut'>
    /** It is bridged, not routed. */
    readonly physdevIsBridged?: MatchOut<'physdev', 'physdevIsBridged'>
  }
  /** Compares to whom the packet was sent on the link layer. */
  readonly pkttype?: {
    /** To this host, to all, to a group, or to another host. */
    readonly pktType: MatchOut<'pkttype', 'pktType'>
  }
  /** Compares the IPsec policy by which the packet was, or will be, handled. */
  readonly policy?: {
    /** in: the policy of decapsulation; out: the policy of encapsulation. */
    readonly dir: MatchOut<'policy', 'dir'>
    /** Whether IPsec has to do with the packet; ipsec if not given. */
    readonly pol?: MatchOut<'policy', 'pol'>
    /** The elements are the whole policy; without it, one of it is like the element. */
    readonly strict?: MatchOut<'policy', 'strict'>
    /** What the elements of the policy are, the first to the last, with --next between them. */
    readonly elements?: MatchOut<'policy', 'elements'>
  }
  /** Matches until so many bytes have gone by. */
  readonly quota?: {
    /** How many bytes; negated, it matches once they are used up. */
    readonly quota: MatchOut<'quota', 'quota'>
  }
  /** Compares rates that the RATEEST target measures, with a number or with each other. */
  readonly rateest?: {
    /** Compares by how much less than the given rate each estimator measures. */
    readonly rateestDelta?: MatchOut<'rateest', 'rateestDelta'>
    /** The one estimator. */
    readonly rateest?: MatchOut<'rateest', 'rateest'>
    /** The first of two estimators. */
    readonly rateest1?: MatchOut<'rateest', 'rateest1'>
    /** What the first rate is taken from, in bits a second. */
    readonly rateestBps1?: MatchOut<'rateest', 'rateestBps1'>
    /** What the first rate is taken from, in packets a second. */
    readonly rateestPps1?: MatchOut<'rateest', 'rateestPps1'>
    /** The first is less. */
    readonly rateestLt?: MatchOut<'rateest', 'rateestLt'>
    /** The first is greater. */
    readonly rateestGt?: MatchOut<'rateest', 'rateestGt'>
    /** They are equal. */
    readonly rateestEq?: MatchOut<'rateest', 'rateestEq'>
    /** Bits a second: the rate to compare with, or true between two estimators. */
    readonly rateestBps?: MatchOut<'rateest', 'rateestBps'>
    /** Packets a second: the rate to compare with, or true between two estimators. */
    readonly rateestPps?: MatchOut<'rateest', 'rateestPps'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestBps2?: MatchOut<'rateest', 'rateestBps2'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestPps2?: MatchOut<'rateest', 'rateestPps2'>
    /** The second of two estimators. */
    readonly rateest2?: MatchOut<'rateest', 'rateest2'>
  }
  /** Compares the routing realm that the route lookup gave the packet. */
  readonly realm?: {
    /** The realm, the bits of it under the mask, or a name of rt_realms. */
    readonly realm: MatchOut<'realm', 'realm'>
  }
  /** Keeps a list of addresses seen, and asks it. */
  readonly recent?: {
    /** Puts the address into the list and matches. */
    readonly set?: MatchOut<'recent', 'set'>
    /** The address is in the list. */
    readonly rcheck?: MatchOut<'recent', 'rcheck'>
    /** The address is in the list, and is noted as seen just now. */
    readonly update?: MatchOut<'recent', 'update'>
    /** The address is in the list, and is taken out. */
    readonly remove?: MatchOut<'recent', 'remove'>
    /** It was seen within so many seconds; with rcheck and update. */
    readonly seconds?: MatchOut<'recent', 'seconds'>
    /** Older entries are thrown away. */
    readonly reap?: MatchOut<'recent', 'reap'>
    /** It was seen at least so many times; with rcheck and update. 0 means any number. */
    readonly hitcount?: MatchOut<'recent', 'hitcount'>
    /** The time to live is that of the packet that set was about; with rcheck and update. */
    readonly rttl?: MatchOut<'recent', 'rttl'>
    /** The name of the list; DEFAULT if not given. */
    readonly name?: MatchOut<'recent', 'name'>
    /** The bits of the address that are kept; all if not given. */
    readonly mask?: MatchOut<'recent', 'mask'>
    /** The source address counts, as it does if nothing is said. */
    readonly rsource?: MatchOut<'recent', 'rsource'>
    /** The destination address counts. */
    readonly rdest?: MatchOut<'recent', 'rdest'>
  }
  /** Matches when an answer would leave by the interface that the packet came in by. */
  readonly rpfilter?: {
    /** The answer may leave by any interface. */
    readonly loose?: MatchOut<'rpfilter', 'loose'>
    /** The packet’s mark takes part in the route lookup. */
    readonly validmark?: MatchOut<'rpfilter', 'validmark'>
    /** Packets from the network that bear an address of this host pass the test. */
    readonly acceptLocal?: MatchOut<'rpfilter', 'acceptLocal'>
    /** Matches packets that fail the test. */
    readonly invert?: MatchOut<'rpfilter', 'invert'>
  }
  /** Compares the IPv6 routing header. */
  readonly rt?: {
    /** The type of the header. */
    readonly rtType?: MatchOut<'rt', 'rtType'>
    /** How many segments are left, or a range. */
    readonly rtSegsleft?: MatchOut<'rt', 'rtSegsleft'>
    /** The length of the header. */
    readonly rtLen?: MatchOut<'rt', 'rtLen'>
    /** The reserved field of type 0 is compared too. */
    readonly rt0Res?: MatchOut<'rt', 'rt0Res'>
    /** The addresses of type 0. */
    readonly rt0Addrs?: MatchOut<'rt', 'rt0Addrs'>
    /** Other addresses may stand between those of the list. */
    readonly rt0NotStrict?: MatchOut<'rt', 'rt0NotStrict'>
  }
  /** Compares the ports and chunks of an SCTP packet. */
  readonly sctp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOut<'sctp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOut<'sctp', 'dport'>
    /** The packet has all or any of these chunk types, or them only. */
    readonly chunkTypes?: MatchOut<'sctp', 'chunkTypes'>
  }
  /** Looks the packet’s addresses or ports up in an IP set. */
  readonly set?: {
    /** The set, and which parts of the packet to look up: src or dst for each dimension. */
    readonly matchSet: MatchOut<'set', 'matchSet'>
    /** Matches the set’s nomatch entries instead. */
    readonly returnNomatch?: MatchOut<'set', 'returnNomatch'>
    /** Negated: the packet is not counted in the set’s entry. */
    readonly updateCounters?: MatchOut<'set', 'updateCounters'>
    /** Negated: the packet is not counted in the member sets of a list. */
    readonly updateSubcounters?: MatchOut<'set', 'updateSubcounters'>
    /** The entry’s packet counter is this. */
    readonly packetsEq?: MatchOut<'set', 'packetsEq'>
    /** The entry’s packet counter is less. */
    readonly packetsLt?: MatchOut<'set', 'packetsLt'>
    /** The entry’s packet counter is greater. */
    readonly packetsGt?: MatchOut<'set', 'packetsGt'>
    /** The entry’s byte counter is this. */
    readonly bytesEq?: MatchOut<'set', 'bytesEq'>
    /** The entry’s byte counter is less. */
    readonly bytesLt?: MatchOut<'set', 'bytesLt'>
    /** The entry’s byte counter is greater. */
    readonly bytesGt?: MatchOut<'set', 'bytesGt'>
  }
  /** Matches when this host has an open TCP or UDP socket for the packet. */
  readonly socket?: {
    /** Only transparent sockets count. */
    readonly transparent?: MatchOut<'socket', 'transparent'>
    /** Sockets bound to any address count too. */
    readonly nowildcard?: MatchOut<'socket', 'nowildcard'>
    /** Gives the packet the mark of the socket. */
    readonly restoreSkmark?: MatchOut<'socket', 'restoreSkmark'>
  }
  /** Compares the IPv6 segment routing header. */
  readonly srh?: {
    /** The protocol number of the next header. */
    readonly srhNextHdr?: MatchOut<'srh', 'srhNextHdr'>
    /** The header’s length field is this. */
    readonly srhHdrLenEq?: MatchOut<'srh', 'srhHdrLenEq'>
    /** The header’s length field is greater. */
    readonly srhHdrLenGt?: MatchOut<'srh', 'srhHdrLenGt'>
    /** The header’s length field is less. */
    readonly srhHdrLenLt?: MatchOut<'srh', 'srhHdrLenLt'>
    /** So many segments are left. */
    readonly srhSegsLeftEq?: MatchOut<'srh', 'srhSegsLeftEq'>
    /** More segments are left. */
    readonly srhSegsLeftGt?: MatchOut<'srh', 'srhSegsLeftGt'>
    /** Fewer segments are left. */
    readonly srhSegsLeftLt?: MatchOut<'srh', 'srhSegsLeftLt'>
    /** The index of the last segment is this. */
    readonly srhLastEntryEq?: MatchOut<'srh', 'srhLastEntryEq'>
    /** The index of the last segment is greater. */
    readonly srhLastEntryGt?: MatchOut<'srh', 'srhLastEntryGt'>
    /** The index of the last segment is less. */
    readonly srhLastEntryLt?: MatchOut<'srh', 'srhLastEntryLt'>
    /** The tag. */
    readonly srhTag?: MatchOut<'srh', 'srhTag'>
    /** The previous segment. */
    readonly srhPsid?: MatchOut<'srh', 'srhPsid'>
    /** The next segment. */
    readonly srhNsid?: MatchOut<'srh', 'srhNsid'>
    /** The last segment. */
    readonly srhLsid?: MatchOut<'srh', 'srhLsid'>
  }
  /** Compares the state that connection tracking gives to the packet; conntrack does more. */
  readonly state?: {
    /** The packet is in one of these states. */
    readonly state: MatchOut<'state', 'state'>
  }
  /** Matches some packets only: by chance, or every nth. */
  readonly statistic?: {
    /** random takes a probability, nth takes every and packet. */
    readonly mode: MatchOut<'statistic', 'mode'>
    /** How likely a packet is to match, 0 to 1. */
    readonly probability?: MatchOut<'statistic', 'probability'>
    /** One packet of so many matches. */
    readonly every?: MatchOut<'statistic', 'every'>
    /** The count that the first packet begins at, less than every. */
    readonly packet?: MatchOut<'statistic', 'packet'>
  }
  /** Looks for a text or for bytes in the packet. */
  readonly string?: {
    /** The text, 1 to 128 bytes. */
    readonly string?: MatchOut<'string', 'string'>
    /** The bytes, in hexadecimal between bars. A pattern that is printable is held as string. */
    readonly hexString?: MatchOut<'string', 'hexString'>
    /** How to search: bm (Boyer-Moore) or kmp (Knuth-Pratt-Morris). */
    readonly algo: MatchOut<'string', 'algo'>
    /** Where the search begins; 0 if not given. */
    readonly from?: MatchOut<'string', 'from'>
    /** Where the search ends; the end of the packet if not given. */
    readonly to?: MatchOut<'string', 'to'>
    /** Case does not matter. */
    readonly icase?: MatchOut<'string', 'icase'>
  }
  /** Compares ports, flags and options of a TCP packet. */
  readonly tcp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOut<'tcp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOut<'tcp', 'dport'>
    /** The TCP header has this option. */
    readonly tcpOption?: MatchOut<'tcp', 'tcpOption'>
    /** Of the flags in mask, exactly those in set are up. */
    readonly tcpFlags?: MatchOut<'tcp', 'tcpFlags'>
  }
  /** Compares the maximum segment size that a TCP SYN or SYN/ACK announces. */
  readonly tcpmss?: {
    /** A size in bytes, or a range of them. */
    readonly mss: MatchOut<'tcpmss', 'mss'>
  }
  /** Matches at some times of the day, days and dates only. */
  readonly time?: {
    /** From this time of day on; midnight if not given. */
    readonly timestart?: MatchOut<'time', 'timestart'>
    /** Up to this time of day; the end of the day if not given. */
    readonly timestop?: MatchOut<'time', 'timestop'>
    /** On these days of the month. */
    readonly monthdays?: MatchOut<'time', 'monthdays'>
    /** On these days of the week. */
    readonly weekdays?: MatchOut<'time', 'weekdays'>
    /** From this moment on. */
    readonly datestart?: MatchOut<'time', 'datestart'>
    /** Up to this moment. */
    readonly datestop?: MatchOut<'time', 'datestop'>
    /** Times are in the kernel’s time zone instead of UTC. */
    readonly kerneltz?: MatchOut<'time', 'kerneltz'>
    /** A time that ends before it begins goes on past midnight. */
    readonly contiguous?: MatchOut<'time', 'contiguous'>
  }
  /** Compares the type of service of IPv4, or the traffic class of IPv6. */
  readonly tos?: {
    /** The value, the bits of it under the mask, or a name. */
    readonly tos: MatchOut<'tos', 'tos'>
  }
  /** Compares the time to live of an IPv4 packet. */
  readonly ttl?: {
    /** The time to live is this. */
    readonly ttlEq?: MatchOut<'ttl', 'ttlEq'>
    /** The time to live is less. */
    readonly ttlLt?: MatchOut<'ttl', 'ttlLt'>
    /** The time to live is greater. */
    readonly ttlGt?: MatchOut<'ttl', 'ttlGt'>
  }
  /** Compares numbers of up to four bytes taken from anywhere in the packet. */
  readonly u32?: {
    /** Where to look and what to find there: location=value&&location=value. */
    readonly u32: MatchOut<'u32', 'u32'>
  }
  /** Compares the ports of a UDP packet. */
  readonly udp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOut<'udp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOut<'udp', 'dport'>
  }
}

/** The targets as a caller may write them. */
export interface DescribedTargetsInput {
  /** Lets the packet through. */
  readonly ACCEPT?: {
  }
  /** Writes a record for the audit daemon and goes on with the next rule. */
  readonly AUDIT?: {
    /** What happens to the packet; the record does not say it since Linux 4.12. */
    readonly type: TargetIn<'AUDIT', 'type'>
  }
  /** Works around programs that choke on packets whose checksum the hardware is to fill in. */
  readonly CHECKSUM?: {
    /** Fills in a missing checksum. */
    readonly checksumFill: TargetIn<'CHECKSUM', 'checksumFill'>
  }
  /** Puts the packet into a class of traffic control. */
  readonly CLASSIFY?: {
    /** Major and minor number of the class, always in hexadecimal. */
    readonly setClass: TargetIn<'CLASSIFY', 'setClass'>
  }
  /** Shares an address among the machines of a cluster; the cluster match has taken its place. */
  readonly CLUSTERIP?: {
    /** Begins a new cluster address. */
    readonly new?: TargetIn<'CLUSTERIP', 'new'>
    /** What decides which machine answers. */
    readonly hashmode?: TargetIn<'CLUSTERIP', 'hashmode'>
    /** The multicast Ethernet address of the cluster. */
    readonly clustermac?: TargetIn<'CLUSTERIP', 'clustermac'>
    /** How many machines there are. */
    readonly totalNodes?: TargetIn<'CLUSTERIP', 'totalNodes'>
    /** Which of them this machine is. */
    readonly localNode?: TargetIn<'CLUSTERIP', 'localNode'>
    /** The seed of the hash; 0 if not given. */
    readonly hashInit?: TargetIn<'CLUSTERIP', 'hashInit'>
  }
  /** Changes the connection’s mark, or copies it from or to the packet’s. */
  readonly CONNMARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark?: TargetIn<'CONNMARK', 'setXmark'>
    /** Copies the packet’s mark to the connection. */
    readonly saveMark?: TargetIn<'CONNMARK', 'saveMark'>
    /** Copies the connection’s mark to the packet. */
    readonly restoreMark?: TargetIn<'CONNMARK', 'restoreMark'>
    /** The bits of the packet’s mark to copy or to clear; all if not given. */
    readonly nfmask?: TargetIn<'CONNMARK', 'nfmask'>
    /** The bits of the connection’s mark to copy or to clear; all if not given. */
    readonly ctmask?: TargetIn<'CONNMARK', 'ctmask'>
    /** Shifts the mark to the left by so many bits. */
    readonly leftShiftMark?: TargetIn<'CONNMARK', 'leftShiftMark'>
    /** Shifts the mark to the right by so many bits. */
    readonly rightShiftMark?: TargetIn<'CONNMARK', 'rightShiftMark'>
  }
  /** Copies the security mark between packet and connection where the other has none. */
  readonly CONNSECMARK?: {
    /** From the packet to the connection. */
    readonly save?: TargetIn<'CONNSECMARK', 'save'>
    /** From the connection to the packet. */
    readonly restore?: TargetIn<'CONNSECMARK', 'restore'>
  }
  /** Says how connection tracking is to treat the packet and its connection. */
  readonly CT?: {
    /** Keeps the packet out of connection tracking. */
    readonly notrack?: TargetIn<'CT', 'notrack'>
    /** The helper for the connection, such as ftp; loaded beforehand. */
    readonly helper?: TargetIn<'CT', 'helper'>
    /** The name of the timeout policy for the connection. */
    readonly timeout?: TargetIn<'CT', 'timeout'>
    /** The only events of the connection that are reported. */
    readonly ctevents?: TargetIn<'CT', 'ctevents'>
    /** The only events of its expectations that are reported. */
    readonly expevents?: TargetIn<'CT', 'expevents'>
    /** The zone for both directions: a number, or mark for the packet’s mark; 0 if not given. */
    readonly zone?: TargetIn<'CT', 'zone'>
    /** The zone for the direction of the first packet. */
    readonly zoneOrig?: TargetIn<'CT', 'zoneOrig'>
    /** The zone for the direction of the answer. */
    readonly zoneReply?: TargetIn<'CT', 'zoneReply'>
  }
  /** Gives the packet, and its whole connection, another destination. */
  readonly DNAT?: {
    /** The new destination: an address or a range of them, ports, or both. */
    readonly toDestination: TargetIn<'DNAT', 'toDestination'>
    /** Picks the port at random. */
    readonly random?: TargetIn<'DNAT', 'random'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetIn<'DNAT', 'persistent'>
  }
  /** Translates the prefix of the destination address without tracking the connection. */
  readonly DNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetIn<'DNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetIn<'DNPT', 'dstPfx'>
  }
  /** Drops the packet without an answer. */
  readonly DROP?: {
  }
  /** Changes the DSCP bits of the IP header. */
  readonly DSCP?: {
    /** The value, 0 to 63; --set-dscp-class takes the name of a class. */
    readonly setDscp: TargetIn<'DSCP', 'setDscp'>
  }
  /** Changes the bits of Explicit Congestion Notification. */
  readonly ECN?: {
    /** Clears both bits of the TCP header. */
    readonly ecnTcpRemove?: TargetIn<'ECN', 'ecnTcpRemove'>
    /** Sets the ECE bit of the TCP header to 0 or 1. */
    readonly ecnTcpEce?: TargetIn<'ECN', 'ecnTcpEce'>
    /** Sets the CWR bit of the TCP header to 0 or 1. */
    readonly ecnTcpCwr?: TargetIn<'ECN', 'ecnTcpCwr'>
    /** Sets the two bits of the IP header. */
    readonly ecnIpEct?: TargetIn<'ECN', 'ecnIpEct'>
  }
  /** Changes the packet’s hop limit. */
  readonly HL?: {
    /** Sets it. */
    readonly hlSet?: TargetIn<'HL', 'hlSet'>
    /** Takes so much off. */
    readonly hlDec?: TargetIn<'HL', 'hlDec'>
    /** Adds so much. */
    readonly hlInc?: TargetIn<'HL', 'hlInc'>
  }
  /** Gives the packet a mark that is computed from its addresses, ports and protocol. */
  readonly HMARK?: {
    /** How many bits of the source address count. */
    readonly hmarkSrcPrefix?: TargetIn<'HMARK', 'hmarkSrcPrefix'>
    /** How many bits of the destination address count. */
    readonly hmarkDstPrefix?: TargetIn<'HMARK', 'hmarkDstPrefix'>
    /** The bits of the source port that count. */
    readonly hmarkSportMask?: TargetIn<'HMARK', 'hmarkSportMask'>
    /** The bits of the destination port that count. */
    readonly hmarkDportMask?: TargetIn<'HMARK', 'hmarkDportMask'>
    /** The bits of the security parameter index of AH and ESP that count. */
    readonly hmarkSpiMask?: TargetIn<'HMARK', 'hmarkSpiMask'>
    /** Bits that are set in the source port beforehand. */
    readonly hmarkSport?: TargetIn<'HMARK', 'hmarkSport'>
    /** Bits that are set in the destination port beforehand. */
    readonly hmarkDport?: TargetIn<'HMARK', 'hmarkDport'>
    /** Bits that are set in the security parameter index beforehand. */
    readonly hmarkSpi?: TargetIn<'HMARK', 'hmarkSpi'>
    /** The bits of the protocol number that count. */
    readonly hmarkProtoMask?: TargetIn<'HMARK', 'hmarkProtoMask'>
    /** The seed of the hash. */
    readonly hmarkRnd: TargetIn<'HMARK', 'hmarkRnd'>
    /** How many different marks there are. */
    readonly hmarkMod: TargetIn<'HMARK', 'hmarkMod'>
    /** The first of the marks. */
    readonly hmarkOffset?: TargetIn<'HMARK', 'hmarkOffset'>
    /** Fields that count as a whole; ct takes them from the connection instead of the packet. */
    readonly hmarkTuple?: TargetIn<'HMARK', 'hmarkTuple'>
  }
  /** Reports through sysfs when no packet has come by for a while. */
  readonly IDLETIMER?: {
    /** Seconds without a packet until the report. */
    readonly timeout: TargetIn<'IDLETIMER', 'timeout'>
    /** The name of the timer, 1 to 27 bytes; rules with the same name share it. */
    readonly label: TargetIn<'IDLETIMER', 'label'>
    /** Wakes the machine up to report. */
    readonly alarm?: TargetIn<'IDLETIMER', 'alarm'>
  }
  /** Lights a lamp of the machine when the packet comes by. */
  readonly LED?: {
    /** The name of the trigger, at most 16 bytes; sysfs shows it with netfilter- in front. */
    readonly ledTriggerId: TargetIn<'LED', 'ledTriggerId'>
    /** Milliseconds that the lamp stays on, or inf for ever. */
    readonly ledDelay?: TargetIn<'LED', 'ledDelay'>
    /** Blinks even if the lamp is on already. */
    readonly ledAlwaysBlink?: TargetIn<'LED', 'ledAlwaysBlink'>
  }
  /** Writes the packet to the kernel log and goes on with the next rule. */
  readonly LOG?: {
    /** Text in front of the message, 1 to 29 bytes. */
    readonly logPrefix?: TargetIn<'LOG', 'logPrefix'>
    /** The syslog level, 0 to 7 or its name. */
    readonly logLevel?: TargetIn<'LOG', 'logLevel'>
    /** Adds the TCP sequence numbers. */
    readonly logTcpSequence?: TargetIn<'LOG', 'logTcpSequence'>
    /** Adds the options of the TCP header. */
    readonly logTcpOptions?: TargetIn<'LOG', 'logTcpOptions'>
    /** Adds the options of the IP header. */
    readonly logIpOptions?: TargetIn<'LOG', 'logIpOptions'>
    /** Adds the user that made the packet. */
    readonly logUid?: TargetIn<'LOG', 'logUid'>
    /** Adds MAC addresses and protocol. */
    readonly logMacdecode?: TargetIn<'LOG', 'logMacdecode'>
  }
  /** Changes the packet’s mark, which routing and other rules can look at. */
  readonly MARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark: TargetIn<'MARK', 'setXmark'>
  }
  /** Gives the packet the address of the interface that it leaves by as its source. */
  readonly MASQUERADE?: {
    /** The new source port, or a range of them. */
    readonly toPorts?: TargetIn<'MASQUERADE', 'toPorts'>
    /** Picks the port by a hash. */
    readonly random?: TargetIn<'MASQUERADE', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetIn<'MASQUERADE', 'randomFully'>
  }
  /** Maps the addresses of a network one to one onto another network. */
  readonly NETMAP?: {
    /** The network mapped to; the bits behind its prefix are those of the address before. */
    readonly to: TargetIn<'NETMAP', 'to'>
  }
  /** Sends the packet to a program that listens for logged packets and goes on with the next rule. */
  readonly NFLOG?: {
    /** Text that goes with the packet, 1 to 127 bytes; 63 on the legacy backend. */
    readonly nflogPrefix?: TargetIn<'NFLOG', 'nflogPrefix'>
    /** The netlink group that the packet goes to; 0 if not given. */
    readonly nflogGroup?: TargetIn<'NFLOG', 'nflogGroup'>
    /** Has never worked, and only the legacy backend keeps it; use nflogSize. */
    readonly nflogRange?: TargetIn<'NFLOG', 'nflogRange'>
    /** How many bytes of the packet are sent; all if not given. */
    readonly nflogSize?: TargetIn<'NFLOG', 'nflogSize'>
    /** Packets that the kernel gathers before it sends them. */
    readonly nflogThreshold?: TargetIn<'NFLOG', 'nflogThreshold'>
  }
  /** Hands the packet to a program that decides about it. */
  readonly NFQUEUE?: {
    /** The queue that the program listens on; 0 if not given. */
    readonly queueNum?: TargetIn<'NFQUEUE', 'queueNum'>
    /** Queues among which the connections are spread. */
    readonly queueBalance?: TargetIn<'NFQUEUE', 'queueBalance'>
    /** Lets the packet go on to the next rule if no program listens, instead of dropping it. */
    readonly queueBypass?: TargetIn<'NFQUEUE', 'queueBypass'>
    /** Picks the queue by the processor that handles the packet. */
    readonly queueCpuFanout?: TargetIn<'NFQUEUE', 'queueCpuFanout'>
  }
  /** Keeps the packet out of connection tracking. */
  readonly NOTRACK?: {
  }
  /** Hands the packet to the program that listens on queue 0; only on the legacy backend, NFQUEUE does more. */
  readonly QUEUE?: {
  }
  /** Measures the rate of the packets, for the rateest match. */
  readonly RATEEST?: {
    /** The name under which the rate is kept, 1 to 15 bytes. */
    readonly rateestName: TargetIn<'RATEEST', 'rateestName'>
    /** How often the rate is measured: every 250ms, 500ms, 1s, 2s, 4s or 8s. */
    readonly rateestInterval: TargetIn<'RATEEST', 'rateestInterval'>
    /** The time over which the rate is averaged: the interval times a power of two. */
    readonly rateestEwmalog: TargetIn<'RATEEST', 'rateestEwmalog'>
  }
  /** Turns the packet to this machine itself. */
  readonly REDIRECT?: {
    /** The new destination port, or a range of them. */
    readonly toPorts?: TargetIn<'REDIRECT', 'toPorts'>
    /** Picks the port at random. */
    readonly random?: TargetIn<'REDIRECT', 'random'>
  }
  /** Drops the packet and answers with an error. */
  readonly REJECT?: {
    /** The answer that is sent; tcp-reset only in a rule for TCP. */
    readonly rejectWith?: TargetIn<'REJECT', 'rejectWith'>
  }
  /** Goes on in the calling chain, or applies the policy of a built-in one. */
  readonly RETURN?: {
  }
  /** Gives the packet a security mark, for SELinux. */
  readonly SECMARK?: {
    /** The SELinux context, which has to exist. */
    readonly selctx: TargetIn<'SECMARK', 'selctx'>
  }
  /** Adds the packet’s addresses to a set, takes them out, or maps the set’s values to the packet. */
  readonly SET?: {
    /** Adds the addresses or ports to this set. */
    readonly addSet?: TargetIn<'SET', 'addSet'>
    /** Renews the timeout of what is in the set already. */
    readonly exist?: TargetIn<'SET', 'exist'>
    /** Seconds until the entry leaves the set; 0 is never. */
    readonly timeout?: TargetIn<'SET', 'timeout'>
    /** Takes the addresses or ports out of this set. */
    readonly delSet?: TargetIn<'SET', 'delSet'>
    /** Takes mark, priority and queue from this set’s entry. */
    readonly mapSet?: TargetIn<'SET', 'mapSet'>
    /** Maps the firewall mark. */
    readonly mapMark?: TargetIn<'SET', 'mapMark'>
    /** Maps the priority for traffic control. */
    readonly mapPrio?: TargetIn<'SET', 'mapPrio'>
    /** Maps the hardware queue. */
    readonly mapQueue?: TargetIn<'SET', 'mapQueue'>
  }
  /** Gives the packet, and its whole connection, another source. */
  readonly SNAT?: {
    /** The new source: an address or a range of them, ports, or both. */
    readonly toSource: TargetIn<'SNAT', 'toSource'>
    /** Picks the port by a hash. */
    readonly random?: TargetIn<'SNAT', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetIn<'SNAT', 'randomFully'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetIn<'SNAT', 'persistent'>
  }
  /** Translates the prefix of the source address without tracking the connection. */
  readonly SNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetIn<'SNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetIn<'SNPT', 'dstPfx'>
  }
  /** Answers TCP handshakes itself and passes on those connections only that the client completes. */
  readonly SYNPROXY?: {
    /** Passes selective acknowledgement on. */
    readonly sackPerm?: TargetIn<'SYNPROXY', 'sackPerm'>
    /** Passes time stamps on; selective acknowledgement and window scaling need them. */
    readonly timestamp?: TargetIn<'SYNPROXY', 'timestamp'>
    /** The window scale announced to clients, which has to be the server’s. */
    readonly wscale?: TargetIn<'SYNPROXY', 'wscale'>
    /** The greatest segment size announced to clients, which has to be the server’s. */
    readonly mss?: TargetIn<'SYNPROXY', 'mss'>
    /** Passes Explicit Congestion Notification on. */
    readonly ecn?: TargetIn<'SYNPROXY', 'ecn'>
  }
  /** Changes the greatest segment size that a TCP connection announces. */
  readonly TCPMSS?: {
    /** The size in bytes; a smaller one stays. */
    readonly setMss?: TargetIn<'TCPMSS', 'setMss'>
    /** Makes it fit the path: its MTU less 40 bytes for IPv4, 60 for IPv6. */
    readonly clampMssToPmtu?: TargetIn<'TCPMSS', 'clampMssToPmtu'>
  }
  /** Takes options out of the TCP header. */
  readonly TCPOPTSTRIP?: {
    /** The options, by number or name. */
    readonly stripOptions?: TargetIn<'TCPOPTSTRIP', 'stripOptions'>
  }
  /** Sends a copy of the packet to another machine on the same link and goes on with the next rule. */
  readonly TEE?: {
    /** The machine that gets the copy. */
    readonly gateway: TargetIn<'TEE', 'gateway'>
    /** The interface that the copy leaves by. */
    readonly oif?: TargetIn<'TEE', 'oif'>
  }
  /** Changes the type of service of IPv4, or the traffic class of IPv6. */
  readonly TOS?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value; or a name. */
    readonly setTos: TargetIn<'TOS', 'setTos'>
  }
  /** Gives the packet to a local socket and leaves its addresses as they are. */
  readonly TPROXY?: {
    /** The port of the socket; 0 is the packet’s own destination port. */
    readonly onPort: TargetIn<'TPROXY', 'onPort'>
    /** The address of the socket; if not given, that of the interface the packet came in by. */
    readonly onIp?: TargetIn<'TPROXY', 'onIp'>
    /** Changes the packet’s mark, for the routing that brings it here. */
    readonly tproxyMark?: TargetIn<'TPROXY', 'tproxyMark'>
  }
  /** Has the kernel report every rule that the packet matches from here on. */
  readonly TRACE?: {
  }
  /** Changes the packet’s time to live. */
  readonly TTL?: {
    /** Sets it. */
    readonly ttlSet?: TargetIn<'TTL', 'ttlSet'>
    /** Takes so much off. */
    readonly ttlDec?: TargetIn<'TTL', 'ttlDec'>
    /** Adds so much. */
    readonly ttlInc?: TargetIn<'TTL', 'ttlInc'>
  }
  /** Sends the packet to a program that listens; NFLOG has taken its place. */
  readonly ULOG?: {
    /** Text that goes with the packet, 1 to 31 bytes. */
    readonly ulogPrefix?: TargetIn<'ULOG', 'ulogPrefix'>
    /** The netlink group that the packet goes to; 1 if not given. */
    readonly ulogNlgroup?: TargetIn<'ULOG', 'ulogNlgroup'>
    /** How many bytes of the packet are sent; 0 is all. */
    readonly ulogCprange?: TargetIn<'ULOG', 'ulogCprange'>
    /** Packets that the kernel gathers before it sends them. */
    readonly ulogQthreshold?: TargetIn<'ULOG', 'ulogQthreshold'>
  }
}

/** The targets as chainmail holds them. */
export interface DescribedTargets {
  /** Lets the packet through. */
  readonly ACCEPT?: {
  }
  /** Writes a record for the audit daemon and goes on with the next rule. */
  readonly AUDIT?: {
    /** What happens to the packet; the record does not say it since Linux 4.12. */
    readonly type: TargetOut<'AUDIT', 'type'>
  }
  /** Works around programs that choke on packets whose checksum the hardware is to fill in. */
  readonly CHECKSUM?: {
    /** Fills in a missing checksum. */
    readonly checksumFill: TargetOut<'CHECKSUM', 'checksumFill'>
  }
  /** Puts the packet into a class of traffic control. */
  readonly CLASSIFY?: {
    /** Major and minor number of the class, always in hexadecimal. */
    readonly setClass: TargetOut<'CLASSIFY', 'setClass'>
  }
  /** Shares an address among the machines of a cluster; the cluster match has taken its place. */
  readonly CLUSTERIP?: {
    /** Begins a new cluster address. */
    readonly new?: TargetOut<'CLUSTERIP', 'new'>
    /** What decides which machine answers. */
    readonly hashmode?: TargetOut<'CLUSTERIP', 'hashmode'>
    /** The multicast Ethernet address of the cluster. */
    readonly clustermac?: TargetOut<'CLUSTERIP', 'clustermac'>
    /** How many machines there are. */
    readonly totalNodes?: TargetOut<'CLUSTERIP', 'totalNodes'>
    /** Which of them this machine is. */
    readonly localNode?: TargetOut<'CLUSTERIP', 'localNode'>
    /** The seed of the hash; 0 if not given. */
    readonly hashInit?: TargetOut<'CLUSTERIP', 'hashInit'>
  }
  /** Changes the connection’s mark, or copies it from or to the packet’s. */
  readonly CONNMARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark?: TargetOut<'CONNMARK', 'setXmark'>
    /** Copies the packet’s mark to the connection. */
    readonly saveMark?: TargetOut<'CONNMARK', 'saveMark'>
    /** Copies the connection’s mark to the packet. */
    readonly restoreMark?: TargetOut<'CONNMARK', 'restoreMark'>
    /** The bits of the packet’s mark to copy or to clear; all if not given. */
    readonly nfmask?: TargetOut<'CONNMARK', 'nfmask'>
    /** The bits of the connection’s mark to copy or to clear; all if not given. */
    readonly ctmask?: TargetOut<'CONNMARK', 'ctmask'>
    /** Shifts the mark to the left by so many bits. */
    readonly leftShiftMark?: TargetOut<'CONNMARK', 'leftShiftMark'>
    /** Shifts the mark to the right by so many bits. */
    readonly rightShiftMark?: TargetOut<'CONNMARK', 'rightShiftMark'>
  }
  /** Copies the security mark between packet and connection where the other has none. */
  readonly CONNSECMARK?: {
    /** From the packet to the connection. */
    readonly save?: TargetOut<'CONNSECMARK', 'save'>
    /** From the connection to the packet. */
    readonly restore?: TargetOut<'CONNSECMARK', 'restore'>
  }
  /** Says how connection tracking is to treat the packet and its connection. */
  readonly CT?: {
    /** Keeps the packet out of connection tracking. */
    readonly notrack?: TargetOut<'CT', 'notrack'>
    /** The helper for the connection, such as ftp; loaded beforehand. */
    readonly helper?: TargetOut<'CT', 'helper'>
    /** The name of the timeout policy for the connection. */
    readonly timeout?: TargetOut<'CT', 'timeout'>
    /** The only events of the connection that are reported. */
    readonly ctevents?: TargetOut<'CT', 'ctevents'>
    /** The only events of its expectations that are reported. */
    readonly expevents?: TargetOut<'CT', 'expevents'>
    /** The zone for both directions: a number, or mark for the packet’s mark; 0 if not given. */
    readonly zone?: TargetOut<'CT', 'zone'>
    /** The zone for the direction of the first packet. */
    readonly zoneOrig?: TargetOut<'CT', 'zoneOrig'>
    /** The zone for the direction of the answer. */
    readonly zoneReply?: TargetOut<'CT', 'zoneReply'>
  }
  /** Gives the packet, and its whole connection, another destination. */
  readonly DNAT?: {
    /** The new destination: an address or a range of them, ports, or both. */
    readonly toDestination: TargetOut<'DNAT', 'toDestination'>
    /** Picks the port at random. */
    readonly random?: TargetOut<'DNAT', 'random'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetOut<'DNAT', 'persistent'>
  }
  /** Translates the prefix of the destination address without tracking the connection. */
  readonly DNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetOut<'DNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetOut<'DNPT', 'dstPfx'>
  }
  /** Drops the packet without an answer. */
  readonly DROP?: {
  }
  /** Changes the DSCP bits of the IP header. */
  readonly DSCP?: {
    /** The value, 0 to 63; --set-dscp-class takes the name of a class. */
    readonly setDscp: TargetOut<'DSCP', 'setDscp'>
  }
  /** Changes the bits of Explicit Congestion Notification. */
  readonly ECN?: {
    /** Clears both bits of the TCP header. */
    readonly ecnTcpRemove?: TargetOut<'ECN', 'ecnTcpRemove'>
    /** Sets the ECE bit of the TCP header to 0 or 1. */
    readonly ecnTcpEce?: TargetOut<'ECN', 'ecnTcpEce'>
    /** Sets the CWR bit of the TCP header to 0 or 1. */
    readonly ecnTcpCwr?: TargetOut<'ECN', 'ecnTcpCwr'>
    /** Sets the two bits of the IP header. */
    readonly ecnIpEct?: TargetOut<'ECN', 'ecnIpEct'>
  }
  /** Changes the packet’s hop limit. */
  readonly HL?: {
    /** Sets it. */
    readonly hlSet?: TargetOut<'HL', 'hlSet'>
    /** Takes so much off. */
    readonly hlDec?: TargetOut<'HL', 'hlDec'>
    /** Adds so much. */
    readonly hlInc?: TargetOut<'HL', 'hlInc'>
  }
  /** Gives the packet a mark that is computed from its addresses, ports and protocol. */
  readonly HMARK?: {
    /** How many bits of the source address count. */
    readonly hmarkSrcPrefix?: TargetOut<'HMARK', 'hmarkSrcPrefix'>
    /** How many bits of the destination address count. */
    readonly hmarkDstPrefix?: TargetOut<'HMARK', 'hmarkDstPrefix'>
    /** The bits of the source port that count. */
    readonly hmarkSportMask?: TargetOut<'HMARK', 'hmarkSportMask'>
    /** The bits of the destination port that count. */
    readonly hmarkDportMask?: TargetOut<'HMARK', 'hmarkDportMask'>
    /** The bits of the security parameter index of AH and ESP that count. */
    readonly hmarkSpiMask?: TargetOut<'HMARK', 'hmarkSpiMask'>
    /** Bits that are set in the source port beforehand. */
    readonly hmarkSport?: TargetOut<'HMARK', 'hmarkSport'>
    /** Bits that are set in the destination port beforehand. */
    readonly hmarkDport?: TargetOut<'HMARK', 'hmarkDport'>
    /** Bits that are set in the security parameter index beforehand. */
    readonly hmarkSpi?: TargetOut<'HMARK', 'hmarkSpi'>
    /** The bits of the protocol number that count. */
    readonly hmarkProtoMask?: TargetOut<'HMARK', 'hmarkProtoMask'>
    /** The seed of the hash. */
    readonly hmarkRnd: TargetOut<'HMARK', 'hmarkRnd'>
    /** How many different marks there are. */
    readonly hmarkMod: TargetOut<'HMARK', 'hmarkMod'>
    /** The first of the marks. */
    readonly hmarkOffset?: TargetOut<'HMARK', 'hmarkOffset'>
    /** Fields that count as a whole; ct takes them from the connection instead of the packet. */
    readonly hmarkTuple?: TargetOut<'HMARK', 'hmarkTuple'>
  }
  /** Reports through sysfs when no packet has come by for a while. */
  readonly IDLETIMER?: {
    /** Seconds without a packet until the report. */
    readonly timeout: TargetOut<'IDLETIMER', 'timeout'>
    /** The name of the timer, 1 to 27 bytes; rules with the same name share it. */
    readonly label: TargetOut<'IDLETIMER', 'label'>
    /** Wakes the machine up to report. */
    readonly alarm?: TargetOut<'IDLETIMER', 'alarm'>
  }
  /** Lights a lamp of the machine when the packet comes by. */
  readonly LED?: {
    /** The name of the trigger, at most 16 bytes; sysfs shows it with netfilter- in front. */
    readonly ledTriggerId: TargetOut<'LED', 'ledTriggerId'>
    /** Milliseconds that the lamp stays on, or inf for ever. */
    readonly ledDelay?: TargetOut<'LED', 'ledDelay'>
    /** Blinks even if the lamp is on already. */
    readonly ledAlwaysBlink?: TargetOut<'LED', 'ledAlwaysBlink'>
  }
  /** Writes the packet to the kernel log and goes on with the next rule. */
  readonly LOG?: {
    /** Text in front of the message, 1 to 29 bytes. */
    readonly logPrefix?: TargetOut<'LOG', 'logPrefix'>
    /** The syslog level, 0 to 7 or its name. */
    readonly logLevel?: TargetOut<'LOG', 'logLevel'>
    /** Adds the TCP sequence numbers. */
    readonly logTcpSequence?: TargetOut<'LOG', 'logTcpSequence'>
    /** Adds the options of the TCP header. */
    readonly logTcpOptions?: TargetOut<'LOG', 'logTcpOptions'>
    /** Adds the options of the IP header. */
    readonly logIpOptions?: TargetOut<'LOG', 'logIpOptions'>
    /** Adds the user that made the packet. */
    readonly logUid?: TargetOut<'LOG', 'logUid'>
    /** Adds MAC addresses and protocol. */
    readonly logMacdecode?: TargetOut<'LOG', 'logMacdecode'>
  }
  /** Changes the packet’s mark, which routing and other rules can look at. */
  readonly MARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark: TargetOut<'MARK', 'setXmark'>
  }
  /** Gives the packet the address of the interface that it leaves by as its source. */
  readonly MASQUERADE?: {
    /** The new source port, or a range of them. */
    readonly toPorts?: TargetOut<'MASQUERADE', 'toPorts'>
    /** Picks the port by a hash. */
    readonly random?: TargetOut<'MASQUERADE', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetOut<'MASQUERADE', 'randomFully'>
  }
  /** Maps the addresses of a network one to one onto another network. */
  readonly NETMAP?: {
    /** The network mapped to; the bits behind its prefix are those of the address before. */
    readonly to: TargetOut<'NETMAP', 'to'>
  }
  /** Sends the packet to a program that listens for logged packets and goes on with the next rule. */
  readonly NFLOG?: {
    /** Text that goes with the packet, 1 to 127 bytes; 63 on the legacy backend. */
    readonly nflogPrefix?: TargetOut<'NFLOG', 'nflogPrefix'>
    /** The netlink group that the packet goes to; 0 if not given. */
    readonly nflogGroup?: TargetOut<'NFLOG', 'nflogGroup'>
    /** Has never worked, and only the legacy backend keeps it; use nflogSize. */
    readonly nflogRange?: TargetOut<'NFLOG', 'nflogRange'>
    /** How many bytes of the packet are sent; all if not given. */
    readonly nflogSize?: TargetOut<'NFLOG', 'nflogSize'>
    /** Packets that the kernel gathers before it sends them. */
    readonly nflogThreshold?: TargetOut<'NFLOG', 'nflogThreshold'>
  }
  /** Hands the packet to a program that decides about it. */
  readonly NFQUEUE?: {
    /** The queue that the program listens on; 0 if not given. */
    readonly queueNum?: TargetOut<'NFQUEUE', 'queueNum'>
    /** Queues among which the connections are spread. */
    readonly queueBalance?: TargetOut<'NFQUEUE', 'queueBalance'>
    /** Lets the packet go on to the next rule if no program listens, instead of dropping it. */
    readonly queueBypass?: TargetOut<'NFQUEUE', 'queueBypass'>
    /** Picks the queue by the processor that handles the packet. */
    readonly queueCpuFanout?: TargetOut<'NFQUEUE', 'queueCpuFanout'>
  }
  /** Keeps the packet out of connection tracking. */
  readonly NOTRACK?: {
  }
  /** Hands the packet to the program that listens on queue 0; only on the legacy backend, NFQUEUE does more. */
  readonly QUEUE?: {
  }
  /** Measures the rate of the packets, for the rateest match. */
  readonly RATEEST?: {
    /** The name under which the rate is kept, 1 to 15 bytes. */
    readonly rateestName: TargetOut<'RATEEST', 'rateestName'>
    /** How often the rate is measured: every 250ms, 500ms, 1s, 2s, 4s or 8s. */
    readonly rateestInterval: TargetOut<'RATEEST', 'rateestInterval'>
    /** The time over which the rate is averaged: the interval times a power of two. */
    readonly rateestEwmalog: TargetOut<'RATEEST', 'rateestEwmalog'>
  }
  /** Turns the packet to this machine itself. */
  readonly REDIRECT?: {
    /** The new destination port, or a range of them. */
    readonly toPorts?: TargetOut<'REDIRECT', 'toPorts'>
    /** Picks the port at random. */
    readonly random?: TargetOut<'REDIRECT', 'random'>
  }
  /** Drops the packet and answers with an error. */
  readonly REJECT?: {
    /** The answer that is sent; tcp-reset only in a rule for TCP. */
    readonly rejectWith?: TargetOut<'REJECT', 'rejectWith'>
  }
  /** Goes on in the calling chain, or applies the policy of a built-in one. */
  readonly RETURN?: {
  }
  /** Gives the packet a security mark, for SELinux. */
  readonly SECMARK?: {
    /** The SELinux context, which has to exist. */
    readonly selctx: TargetOut<'SECMARK', 'selctx'>
  }
  /** Adds the packet’s addresses to a set, takes them out, or maps the set’s values to the packet. */
  readonly SET?: {
    /** Adds the addresses or ports to this set. */
    readonly addSet?: TargetOut<'SET', 'addSet'>
    /** Renews the timeout of what is in the set already. */
    readonly exist?: TargetOut<'SET', 'exist'>
    /** Seconds until the entry leaves the set; 0 is never. */
    readonly timeout?: TargetOut<'SET', 'timeout'>
    /** Takes the addresses or ports out of this set. */
    readonly delSet?: TargetOut<'SET', 'delSet'>
    /** Takes mark, priority and queue from this set’s entry. */
    readonly mapSet?: TargetOut<'SET', 'mapSet'>
    /** Maps the firewall mark. */
    readonly mapMark?: TargetOut<'SET', 'mapMark'>
    /** Maps the priority for traffic control. */
    readonly mapPrio?: TargetOut<'SET', 'mapPrio'>
    /** Maps the hardware queue. */
    readonly mapQueue?: TargetOut<'SET', 'mapQueue'>
  }
  /** Gives the packet, and its whole connection, another source. */
  readonly SNAT?: {
    /** The new source: an address or a range of them, ports, or both. */
    readonly toSource: TargetOut<'SNAT', 'toSource'>
    /** Picks the port by a hash. */
    readonly random?: TargetOut<'SNAT', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetOut<'SNAT', 'randomFully'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetOut<'SNAT', 'persistent'>
  }
  /** Translates the prefix of the source address without tracking the connection. */
  readonly SNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetOut<'SNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetOut<'SNPT', 'dstPfx'>
  }
  /** Answers TCP handshakes itself and passes on those connections only that the client completes. */
  readonly SYNPROXY?: {
    /** Passes selective acknowledgement on. */
    readonly sackPerm?: TargetOut<'SYNPROXY', 'sackPerm'>
    /** Passes time stamps on; selective acknowledgement and window scaling need them. */
    readonly timestamp?: TargetOut<'SYNPROXY', 'timestamp'>
    /** The window scale announced to clients, which has to be the server’s. */
    readonly wscale?: TargetOut<'SYNPROXY', 'wscale'>
    /** The greatest segment size announced to clients, which has to be the server’s. */
    readonly mss?: TargetOut<'SYNPROXY', 'mss'>
    /** Passes Explicit Congestion Notification on. */
    readonly ecn?: TargetOut<'SYNPROXY', 'ecn'>
  }
  /** Changes the greatest segment size that a TCP connection announces. */
  readonly TCPMSS?: {
    /** The size in bytes; a smaller one stays. */
    readonly setMss?: TargetOut<'TCPMSS', 'setMss'>
    /** Makes it fit the path: its MTU less 40 bytes for IPv4, 60 for IPv6. */
    readonly clampMssToPmtu?: TargetOut<'TCPMSS', 'clampMssToPmtu'>
  }
  /** Takes options out of the TCP header. */
  readonly TCPOPTSTRIP?: {
    /** The options, by number or name. */
    readonly stripOptions?: TargetOut<'TCPOPTSTRIP', 'stripOptions'>
  }
  /** Sends a copy of the packet to another machine on the same link and goes on with the next rule. */
  readonly TEE?: {
    /** The machine that gets the copy. */
    readonly gateway: TargetOut<'TEE', 'gateway'>
    /** The interface that the copy leaves by. */
    readonly oif?: TargetOut<'TEE', 'oif'>
  }
  /** Changes the type of service of IPv4, or the traffic class of IPv6. */
  readonly TOS?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value; or a name. */
    readonly setTos: TargetOut<'TOS', 'setTos'>
  }
  /** Gives the packet to a local socket and leaves its addresses as they are. */
  readonly TPROXY?: {
    /** The port of the socket; 0 is the packet’s own destination port. */
    readonly onPort: TargetOut<'TPROXY', 'onPort'>
    /** The address of the socket; if not given, that of the interface the packet came in by. */
    readonly onIp?: TargetOut<'TPROXY', 'onIp'>
    /** Changes the packet’s mark, for the routing that brings it here. */
    readonly tproxyMark?: TargetOut<'TPROXY', 'tproxyMark'>
  }
  /** Has the kernel report every rule that the packet matches from here on. */
  readonly TRACE?: {
  }
  /** Changes the packet’s time to live. */
  readonly TTL?: {
    /** Sets it. */
    readonly ttlSet?: TargetOut<'TTL', 'ttlSet'>
    /** Takes so much off. */
    readonly ttlDec?: TargetOut<'TTL', 'ttlDec'>
    /** Adds so much. */
    readonly ttlInc?: TargetOut<'TTL', 'ttlInc'>
  }
  /** Sends the packet to a program that listens; NFLOG has taken its place. */
  readonly ULOG?: {
    /** Text that goes with the packet, 1 to 31 bytes. */
    readonly ulogPrefix?: TargetOut<'ULOG', 'ulogPrefix'>
    /** The netlink group that the packet goes to; 1 if not given. */
    readonly ulogNlgroup?: TargetOut<'ULOG', 'ulogNlgroup'>
    /** How many bytes of the packet are sent; 0 is all. */
    readonly ulogCprange?: TargetOut<'ULOG', 'ulogCprange'>
    /** Packets that the kernel gathers before it sends them. */
    readonly ulogQthreshold?: TargetOut<'ULOG', 'ulogQthreshold'>
  }
}
