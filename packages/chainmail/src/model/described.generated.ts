// Made from the extension files. To make it anew: UPDATE_GOLDEN=1 npm test -- reference
import type { InputOptions, StoredOptions } from './extension.ts'
import type { matches } from './matches/index.ts'
import type { targets } from './targets/index.ts'

/** As a caller may write them, or as chainmail holds them. */
export type Form = 'input' | 'stored'
type Named<E, N> = Extract<E, { readonly name: N }>
type Options<F, E> = F extends 'input' ? InputOptions<E> : StoredOptions<E>
// Where the families have different options under one name, an option of either.
type OptionOf<O, K extends PropertyKey> = O extends { readonly [P in K]?: infer V } ? V : never
type MatchOption<F, N, K extends PropertyKey> = OptionOf<Options<F, Named<(typeof matches)[number], N>>, K>
type TargetOption<F, N, K extends PropertyKey> = OptionOf<Options<F, Named<(typeof targets)[number], N>>, K>

/** The matches by their names. */
export interface DescribedMatches<F extends Form> {
  /** Compares the kind of address that routing sees in source or destination. */
  readonly addrtype?: {
    /** The source address is of one of these types. */
    readonly srcType?: MatchOption<F, 'addrtype', 'srcType'>
    /** The destination address is of one of these types. */
    readonly dstType?: MatchOption<F, 'addrtype', 'dstType'>
    /** Looks only at the interface that the packet came in by. */
    readonly limitIfaceIn?: MatchOption<F, 'addrtype', 'limitIfaceIn'>
    /** Looks only at the interface that the packet leaves by. */
    readonly limitIfaceOut?: MatchOption<F, 'addrtype', 'limitIfaceOut'>
  }
  /** Compares the authentication header of IPsec. */
  readonly ah?: {
    /** The security parameter index, or a range of them. */
    readonly ahspi?: MatchOption<F, 'ah', 'ahspi'>
    /** The length of the header in bytes; 0 is any. */
    readonly ahlen?: MatchOption<F, 'ah', 'ahlen'>
    /** The reserved bits are 0. */
    readonly ahres?: MatchOption<F, 'ah', 'ahres'>
  }
  /** Asks a program for the Berkeley Packet Filter. */
  readonly bpf?: {
    /** The path of an eBPF program that is pinned in a bpf file system. */
    readonly objectPinned?: MatchOption<F, 'bpf', 'objectPinned'>
    /** A classic program, as nfbpf_compile prints it. */
    readonly bytecode?: MatchOption<F, 'bpf', 'bytecode'>
  }
  /** Compares the control group of the process that owns the packet’s socket. */
  readonly cgroup?: {
    /** A group of cgroup v2, or one below it, by its path from the root. */
    readonly path?: MatchOption<F, 'cgroup', 'path'>
    /** The classid that net_cls of cgroup v1 gave to the group. */
    readonly cgroup?: MatchOption<F, 'cgroup', 'cgroup'>
  }
  /** Decides by a hash of its source whether this node of a cluster handles a connection. */
  readonly cluster?: {
    /** A bit for each node that this one stands for; --cluster-local-node takes a number. */
    readonly localNodemask: MatchOption<F, 'cluster', 'localNodemask'>
    /** How many nodes there are, 1 to 32. */
    readonly totalNodes: MatchOption<F, 'cluster', 'totalNodes'>
    /** The seed of the hash. */
    readonly hashSeed: MatchOption<F, 'cluster', 'hashSeed'>
  }
  /** Matches every packet; carries a remark. */
  readonly comment?: {
    /** The remark, at most 255 bytes on one line. */
    readonly comment: MatchOption<F, 'comment', 'comment'>
  }
  /** Compares how much a connection has carried; needs net.netfilter.nf_conntrack_acct. */
  readonly connbytes?: {
    /** The least amount, or the least and the greatest. */
    readonly connbytes: MatchOption<F, 'connbytes', 'connbytes'>
    /** What is counted: packets, bytes, or bytes in a packet on average. */
    readonly mode: MatchOption<F, 'connbytes', 'mode'>
    /** The direction that is counted. */
    readonly dir: MatchOption<F, 'connbytes', 'dir'>
  }
  /** Looks for a label on the connection, and puts it there if wanted. */
  readonly connlabel?: {
    /** The label, 0 to 127, or its name in /etc/xtables/connlabel.conf. */
    readonly label: MatchOption<F, 'connlabel', 'label'>
    /** Puts the label on the connection. */
    readonly set?: MatchOption<F, 'connlabel', 'set'>
  }
  /** Compares how many connections an address, or a network, has at the same time. */
  readonly connlimit?: {
    /** At most so many connections exist; negated, more than that. */
    readonly upto?: MatchOption<F, 'connlimit', 'upto'>
    /** More connections exist; negated, at most that. */
    readonly above?: MatchOption<F, 'connlimit', 'above'>
    /** Addresses with the same first bits count together; all bits if not given. */
    readonly mask?: MatchOption<F, 'connlimit', 'mask'>
    /** Counts for the source address; so it does if nothing is said. */
    readonly saddr?: MatchOption<F, 'connlimit', 'saddr'>
    /** Counts for the destination address. */
    readonly daddr?: MatchOption<F, 'connlimit', 'daddr'>
  }
  /** Compares the mark that netfilter keeps with the connection. */
  readonly connmark?: {
    /** The connection’s mark, or the bits of it under the mask. */
    readonly mark: MatchOption<F, 'connmark', 'mark'>
  }
  /** Compares what connection tracking knows of the packet’s connection. */
  readonly conntrack?: {
    /** The connection is in one of these states. */
    readonly ctstate?: MatchOption<F, 'conntrack', 'ctstate'>
    /** The connection’s protocol. */
    readonly ctproto?: MatchOption<F, 'conntrack', 'ctproto'>
    /** Source in the direction of the first packet. */
    readonly ctorigsrc?: MatchOption<F, 'conntrack', 'ctorigsrc'>
    /** Destination in the direction of the first packet. */
    readonly ctorigdst?: MatchOption<F, 'conntrack', 'ctorigdst'>
    /** Source in the direction of the answer. */
    readonly ctreplsrc?: MatchOption<F, 'conntrack', 'ctreplsrc'>
    /** Destination in the direction of the answer. */
    readonly ctrepldst?: MatchOption<F, 'conntrack', 'ctrepldst'>
    /** Source port of the first packet. */
    readonly ctorigsrcport?: MatchOption<F, 'conntrack', 'ctorigsrcport'>
    /** Destination port of the first packet. */
    readonly ctorigdstport?: MatchOption<F, 'conntrack', 'ctorigdstport'>
    /** Source port of the answer. */
    readonly ctreplsrcport?: MatchOption<F, 'conntrack', 'ctreplsrcport'>
    /** Destination port of the answer. */
    readonly ctrepldstport?: MatchOption<F, 'conntrack', 'ctrepldstport'>
    /** The connection has one of these statuses. */
    readonly ctstatus?: MatchOption<F, 'conntrack', 'ctstatus'>
    /** Seconds that the connection has left. */
    readonly ctexpire?: MatchOption<F, 'conntrack', 'ctexpire'>
    /** The packet’s direction. */
    readonly ctdir?: MatchOption<F, 'conntrack', 'ctdir'>
  }
  /** Compares the processor that handles the packet. */
  readonly cpu?: {
    /** The processor, counted from 0. */
    readonly cpu: MatchOption<F, 'cpu', 'cpu'>
  }
  /** Compares ports, type and options of a DCCP packet. */
  readonly dccp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOption<F, 'dccp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOption<F, 'dccp', 'dport'>
    /** The packet is of one of these types. */
    readonly dccpTypes?: MatchOption<F, 'dccp', 'dccpTypes'>
    /** The packet has this option. */
    readonly dccpOption?: MatchOption<F, 'dccp', 'dccpOption'>
  }
  /** Compares the group of the interface that the packet came in by, or leaves by. */
  readonly devgroup?: {
    /** The group of the interface that the packet came in by. */
    readonly srcGroup?: MatchOption<F, 'devgroup', 'srcGroup'>
    /** The group of the interface that the packet leaves by. */
    readonly dstGroup?: MatchOption<F, 'devgroup', 'dstGroup'>
  }
  /** Compares the DSCP bits of the IP header. */
  readonly dscp?: {
    /** The value, 0 to 63; --dscp-class takes the name of a class. */
    readonly dscp: MatchOption<F, 'dscp', 'dscp'>
  }
  /** Compares the header of destination options. */
  readonly dst?: {
    /** The length of the header in bytes. */
    readonly dstLen?: MatchOption<F, 'dst', 'dstLen'>
    /** The options it has, each a type or type:length. */
    readonly dstOpts?: MatchOption<F, 'dst', 'dstOpts'>
  }
  /** Compares the bits of explicit congestion notification (RFC 3168). */
  readonly ecn?: {
    /** The echo bit of the TCP header is set. */
    readonly ecnTcpEce?: MatchOption<F, 'ecn', 'ecnTcpEce'>
    /** The bit of the TCP header for a reduced congestion window is set. */
    readonly ecnTcpCwr?: MatchOption<F, 'ecn', 'ecnTcpCwr'>
    /** The two bits of the IP header, 0 to 3. */
    readonly ecnIpEct?: MatchOption<F, 'ecn', 'ecnIpEct'>
  }
  /** Compares the encapsulating security payload header of IPsec. */
  readonly esp?: {
    /** The security parameter index, or a range of them. */
    readonly espspi?: MatchOption<F, 'esp', 'espspi'>
  }
  /** The source address ends in the EUI-64 of the Ethernet address that the packet came from. */
  readonly eui64?: {
  }
  /** Compares the fragment header. */
  readonly frag?: {
    /** The identification, or a range of them. */
    readonly fragid?: MatchOption<F, 'frag', 'fragid'>
    /** The length of the header; Linux since 2.6.10 does not look at it. */
    readonly fraglen?: MatchOption<F, 'frag', 'fraglen'>
    /** The reserved bits are 0. */
    readonly fragres?: MatchOption<F, 'frag', 'fragres'>
    /** It is the first fragment. */
    readonly fragfirst?: MatchOption<F, 'frag', 'fragfirst'>
    /** More fragments follow. */
    readonly fragmore?: MatchOption<F, 'frag', 'fragmore'>
    /** It is the last fragment. */
    readonly fraglast?: MatchOption<F, 'frag', 'fraglast'>
  }
  /** Matches until a rate is used up, kept for each address or port by itself (a token bucket). */
  readonly hashlimit?: {
    /** The rate is at most this, in packets or in bytes; negated, above it. */
    readonly upto?: MatchOption<F, 'hashlimit', 'upto'>
    /** The rate is above this; negated, at most this. */
    readonly above?: MatchOption<F, 'hashlimit', 'above'>
    /** How much may pass at once: packets, 5 if not given; or bytes, a multiple of the rate. */
    readonly burst?: MatchOption<F, 'hashlimit', 'burst'>
    /** What has a rate of its own; everything together if not given. */
    readonly mode?: MatchOption<F, 'hashlimit', 'mode'>
    /** The name of the table in /proc/net/ipt_hashlimit. */
    readonly name: MatchOption<F, 'hashlimit', 'name'>
    /** Buckets of the table; the kernel chooses if not given. */
    readonly htableSize?: MatchOption<F, 'hashlimit', 'htableSize'>
    /** Entries that the table may have; the kernel chooses if not given. */
    readonly htableMax?: MatchOption<F, 'hashlimit', 'htableMax'>
    /** Milliseconds from one clearing of the table to the next; 1000 if not given. */
    readonly htableGcinterval?: MatchOption<F, 'hashlimit', 'htableGcinterval'>
    /** Milliseconds after which an idle entry leaves; the unit of the rate if not given. */
    readonly htableExpire?: MatchOption<F, 'hashlimit', 'htableExpire'>
    /** Source addresses with the same first bits count together. */
    readonly srcmask?: MatchOption<F, 'hashlimit', 'srcmask'>
    /** Destination addresses with the same first bits count together. */
    readonly dstmask?: MatchOption<F, 'hashlimit', 'dstmask'>
    /** Tells only whether the flow is above or below the rate. */
    readonly rateMatch?: MatchOption<F, 'hashlimit', 'rateMatch'>
    /** Seconds over which rateMatch measures; the unit of the rate if not given. */
    readonly rateInterval?: MatchOption<F, 'hashlimit', 'rateInterval'>
  }
  /** Compares the header of hop-by-hop options. */
  readonly hbh?: {
    /** The length of the header in bytes. */
    readonly hbhLen?: MatchOption<F, 'hbh', 'hbhLen'>
    /** The options it has, each a type or type:length. */
    readonly hbhOpts?: MatchOption<F, 'hbh', 'hbhOpts'>
  }
  /** Compares the name of the helper that tracks the connection. */
  readonly helper?: {
    /** The helper, such as ftp, or ftp-2121 on a port of its own; empty is any. */
    readonly helper: MatchOption<F, 'helper', 'helper'>
  }
  /** Compares the hop limit of the IPv6 header. */
  readonly hl?: {
    /** The hop limit is this. */
    readonly hlEq?: MatchOption<F, 'hl', 'hlEq'>
    /** The hop limit is less. */
    readonly hlLt?: MatchOption<F, 'hl', 'hlLt'>
    /** The hop limit is greater. */
    readonly hlGt?: MatchOption<F, 'hl', 'hlGt'>
  }
  /** Compares type and code of an ICMP message. */
  readonly icmp?: {
    /** Type, type/code, name or any. */
    readonly icmpType: MatchOption<F, 'icmp', 'icmpType'>
  }
  /** Compares type and code of an ICMPv6 message. */
  readonly icmp6?: {
    /** Type, type/code or name. */
    readonly icmpv6Type: MatchOption<F, 'icmp6', 'icmpv6Type'>
  }
  /** Compares the header of IP payload compression (RFC 3173). */
  readonly ipcomp?: {
    /** The compression parameter index, or a range of them; 0 if not given. */
    readonly ipcompspi?: MatchOption<F, 'ipcomp', 'ipcompspi'>
    /** The reserved bits are 0. */
    readonly compres?: MatchOption<F, 'ipcomp', 'compres'>
  }
  /** Compares source or destination with a range of addresses. */
  readonly iprange?: {
    /** The source address is in this range. */
    readonly srcRange?: MatchOption<F, 'iprange', 'srcRange'>
    /** The destination address is in this range. */
    readonly dstRange?: MatchOption<F, 'iprange', 'dstRange'>
  }
  /** Compares which headers the packet has behind the IPv6 header. */
  readonly ipv6header?: {
    /** The packet has exactly these headers; protocol is any of an upper layer. */
    readonly header: MatchOption<F, 'ipv6header', 'header'>
    /** One of the headers is enough. */
    readonly soft?: MatchOption<F, 'ipv6header', 'soft'>
  }
  /** Compares what IPVS knows of the packet’s connection. */
  readonly ipvs?: {
    /** The packet belongs to a connection of IPVS; every other option says so too. */
    readonly ipvs?: MatchOption<F, 'ipvs', 'ipvs'>
    /** The service’s protocol. */
    readonly vproto?: MatchOption<F, 'ipvs', 'vproto'>
    /** The service’s address or network. */
    readonly vaddr?: MatchOption<F, 'ipvs', 'vaddr'>
    /** The service’s port. */
    readonly vport?: MatchOption<F, 'ipvs', 'vport'>
    /** The packet’s direction. */
    readonly vdir?: MatchOption<F, 'ipvs', 'vdir'>
    /** How IPVS forwards the connection. */
    readonly vmethod?: MatchOption<F, 'ipvs', 'vmethod'>
    /** The service’s port of the connection that controls this one, such as 21 for FTP. */
    readonly vportctl?: MatchOption<F, 'ipvs', 'vportctl'>
  }
  /** Compares the length of the packet without its link layer header. */
  readonly length?: {
    /** Length in bytes, or a range of them. */
    readonly length: MatchOption<F, 'length', 'length'>
  }
  /** Matches until a rate is used up (a token bucket). */
  readonly limit?: {
    /** Average rate, such as 10/min; 3/hour if not given. */
    readonly limit?: MatchOption<F, 'limit', 'limit'>
    /** Packets let through at once, 1 to 10000; 5 if not given. */
    readonly burst?: MatchOption<F, 'limit', 'burst'>
  }
  /** Compares the source address of the Ethernet frame. */
  readonly mac?: {
    /** The Ethernet address that the packet came from. */
    readonly macSource: MatchOption<F, 'mac', 'macSource'>
  }
  /** Compares the mark that netfilter keeps with the packet. */
  readonly mark?: {
    /** The mark, or the bits of it under the mask. */
    readonly mark: MatchOption<F, 'mark', 'mark'>
  }
  /** Compares the type of a Mobile IPv6 message. */
  readonly mh?: {
    /** A type by number or name, or a range of types. */
    readonly mhType?: MatchOption<F, 'mh', 'mhType'>
  }
  /** Compares the ports with a list of up to 15 ports; a range counts as two. */
  readonly multiport?: {
    /** The source port is in the list. */
    readonly sports?: MatchOption<F, 'multiport', 'sports'>
    /** The destination port is in the list. */
    readonly dports?: MatchOption<F, 'multiport', 'dports'>
    /** The source or the destination port is in the list. */
    readonly ports?: MatchOption<F, 'multiport', 'ports'>
  }
  /** Counts the packet in an accounting object made with nfacct(8). */
  readonly nfacct?: {
    /** The name of the object, which has to exist. */
    readonly nfacctName: MatchOption<F, 'nfacct', 'nfacctName'>
  }
  /** Guesses the sender’s operating system from a TCP SYN. */
  readonly osf?: {
    /** The operating system, as the loaded fingerprints name it. */
    readonly genre: MatchOption<F, 'osf', 'genre'>
    /** Time to live: 0 as in the fingerprint, 1 at most that, 2 not compared. */
    readonly ttl?: MatchOption<F, 'osf', 'ttl'>
    /** Writes to the kernel log: 0 all signatures, 1 the first, 2 all known ones that match. */
    readonly log?: MatchOption<F, 'osf', 'log'>
  }
  /** Compares the owner of the local socket that the packet comes from. */
  readonly owner?: {
    /** The packet has a socket. */
    readonly socketExists?: MatchOption<F, 'owner', 'socketExists'>
    /** The user: a number, a range of numbers, or a name that the host resolves. */
    readonly uidOwner?: MatchOption<F, 'owner', 'uidOwner'>
    /** The group: a number, a range of numbers, or a name that the host resolves. */
    readonly gidOwner?: MatchOption<F, 'owner', 'gidOwner'>
    /** The group may be a supplementary one too. */
    readonly supplGroups?: MatchOption<F, 'owner', 'supplGroups'>
  }
  /** Compares the ports of the bridge by which a packet comes and goes. */
  readonly physdev?: {
    /** It came in by a bridge. */
    readonly physdevIsIn?: MatchOption<F, 'physdev', 'physdevIsIn'>
    /** The bridge port that it came in by. */
    readonly physdevIn?: MatchOption<F, 'physdev', 'physdevIn'>
    /** It will leave by a bridge. */
    readonly physdevIsOut?: MatchOption<F, 'physdev', 'physdevIsOut'>
    /** The bridge port that it will leave by. */
    readonly physdevOut?: MatchOption<F, 'physdev', 'physdevOut'>
    /** It is bridged, not routed. */
    readonly physdevIsBridged?: MatchOption<F, 'physdev', 'physdevIsBridged'>
  }
  /** Compares to whom the packet was sent on the link layer. */
  readonly pkttype?: {
    /** To this host, to all, to a group, or to another host. */
    readonly pktType: MatchOption<F, 'pkttype', 'pktType'>
  }
  /** Compares the IPsec policy by which the packet was, or will be, handled. */
  readonly policy?: {
    /** in: the policy of decapsulation; out: the policy of encapsulation. */
    readonly dir: MatchOption<F, 'policy', 'dir'>
    /** Whether IPsec has to do with the packet; ipsec if not given. */
    readonly pol?: MatchOption<F, 'policy', 'pol'>
    /** The elements are the whole policy; without it, one of it is like the element. */
    readonly strict?: MatchOption<F, 'policy', 'strict'>
    /** What the elements of the policy are, the first to the last, with --next between them. */
    readonly elements?: MatchOption<F, 'policy', 'elements'>
  }
  /** Matches until so many bytes have gone by. */
  readonly quota?: {
    /** How many bytes; negated, it matches once they are used up. */
    readonly quota: MatchOption<F, 'quota', 'quota'>
  }
  /** Compares rates that the RATEEST target measures, with a number or with each other. */
  readonly rateest?: {
    /** Compares by how much less than the given rate each estimator measures. */
    readonly rateestDelta?: MatchOption<F, 'rateest', 'rateestDelta'>
    /** The one estimator. */
    readonly rateest?: MatchOption<F, 'rateest', 'rateest'>
    /** The first of two estimators. */
    readonly rateest1?: MatchOption<F, 'rateest', 'rateest1'>
    /** What the first rate is taken from, in bits a second. */
    readonly rateestBps1?: MatchOption<F, 'rateest', 'rateestBps1'>
    /** What the first rate is taken from, in packets a second. */
    readonly rateestPps1?: MatchOption<F, 'rateest', 'rateestPps1'>
    /** The first is less. */
    readonly rateestLt?: MatchOption<F, 'rateest', 'rateestLt'>
    /** The first is greater. */
    readonly rateestGt?: MatchOption<F, 'rateest', 'rateestGt'>
    /** They are equal. */
    readonly rateestEq?: MatchOption<F, 'rateest', 'rateestEq'>
    /** Bits a second: the rate to compare with, or true between two estimators. */
    readonly rateestBps?: MatchOption<F, 'rateest', 'rateestBps'>
    /** Packets a second: the rate to compare with, or true between two estimators. */
    readonly rateestPps?: MatchOption<F, 'rateest', 'rateestPps'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestBps2?: MatchOption<F, 'rateest', 'rateestBps2'>
    /** What the second rate is taken from, or the second rate itself. */
    readonly rateestPps2?: MatchOption<F, 'rateest', 'rateestPps2'>
    /** The second of two estimators. */
    readonly rateest2?: MatchOption<F, 'rateest', 'rateest2'>
  }
  /** Compares the routing realm that the route lookup gave the packet. */
  readonly realm?: {
    /** The realm, the bits of it under the mask, or a name of rt_realms. */
    readonly realm: MatchOption<F, 'realm', 'realm'>
  }
  /** Keeps a list of addresses seen, and asks it. */
  readonly recent?: {
    /** Puts the address into the list and matches. */
    readonly set?: MatchOption<F, 'recent', 'set'>
    /** The address is in the list. */
    readonly rcheck?: MatchOption<F, 'recent', 'rcheck'>
    /** The address is in the list, and is noted as seen just now. */
    readonly update?: MatchOption<F, 'recent', 'update'>
    /** The address is in the list, and is taken out. */
    readonly remove?: MatchOption<F, 'recent', 'remove'>
    /** It was seen within so many seconds; with rcheck and update. At most 2147483647 before iptables 1.8.11. */
    readonly seconds?: MatchOption<F, 'recent', 'seconds'>
    /** Older entries are thrown away. */
    readonly reap?: MatchOption<F, 'recent', 'reap'>
    /** It was seen at least so many times; with rcheck and update. 0 means any number. */
    readonly hitcount?: MatchOption<F, 'recent', 'hitcount'>
    /** The time to live is that of the packet that set was about; with rcheck and update. */
    readonly rttl?: MatchOption<F, 'recent', 'rttl'>
    /** The name of the list; DEFAULT if not given. */
    readonly name?: MatchOption<F, 'recent', 'name'>
    /** The bits of the address that are kept; all if not given. */
    readonly mask?: MatchOption<F, 'recent', 'mask'>
    /** The source address counts, as it does if nothing is said. */
    readonly rsource?: MatchOption<F, 'recent', 'rsource'>
    /** The destination address counts. */
    readonly rdest?: MatchOption<F, 'recent', 'rdest'>
  }
  /** Matches when an answer would leave by the interface that the packet came in by. */
  readonly rpfilter?: {
    /** The answer may leave by any interface. */
    readonly loose?: MatchOption<F, 'rpfilter', 'loose'>
    /** The packet’s mark takes part in the route lookup. */
    readonly validmark?: MatchOption<F, 'rpfilter', 'validmark'>
    /** Packets from the network that bear an address of this host pass the test. */
    readonly acceptLocal?: MatchOption<F, 'rpfilter', 'acceptLocal'>
    /** Matches packets that fail the test. */
    readonly invert?: MatchOption<F, 'rpfilter', 'invert'>
  }
  /** Compares the IPv6 routing header. */
  readonly rt?: {
    /** The type of the header. */
    readonly rtType?: MatchOption<F, 'rt', 'rtType'>
    /** How many segments are left, or a range. */
    readonly rtSegsleft?: MatchOption<F, 'rt', 'rtSegsleft'>
    /** The length of the header. */
    readonly rtLen?: MatchOption<F, 'rt', 'rtLen'>
    /** The reserved field of type 0 is compared too. */
    readonly rt0Res?: MatchOption<F, 'rt', 'rt0Res'>
    /** The addresses of type 0. */
    readonly rt0Addrs?: MatchOption<F, 'rt', 'rt0Addrs'>
    /** Other addresses may stand between those of the list. */
    readonly rt0NotStrict?: MatchOption<F, 'rt', 'rt0NotStrict'>
  }
  /** Compares the ports and chunks of an SCTP packet. */
  readonly sctp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOption<F, 'sctp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOption<F, 'sctp', 'dport'>
    /** The packet has all or any of these chunk types, or them only. */
    readonly chunkTypes?: MatchOption<F, 'sctp', 'chunkTypes'>
  }
  /** Looks the packet’s addresses or ports up in an IP set. */
  readonly set?: {
    /** The set, and which parts of the packet to look up: src or dst for each dimension. */
    readonly matchSet: MatchOption<F, 'set', 'matchSet'>
    /** Matches the set’s nomatch entries instead. */
    readonly returnNomatch?: MatchOption<F, 'set', 'returnNomatch'>
    /** Negated: the packet is not counted in the set’s entry. */
    readonly updateCounters?: MatchOption<F, 'set', 'updateCounters'>
    /** Negated: the packet is not counted in the member sets of a list. */
    readonly updateSubcounters?: MatchOption<F, 'set', 'updateSubcounters'>
    /** The entry’s packet counter is this. */
    readonly packetsEq?: MatchOption<F, 'set', 'packetsEq'>
    /** The entry’s packet counter is less. */
    readonly packetsLt?: MatchOption<F, 'set', 'packetsLt'>
    /** The entry’s packet counter is greater. */
    readonly packetsGt?: MatchOption<F, 'set', 'packetsGt'>
    /** The entry’s byte counter is this. */
    readonly bytesEq?: MatchOption<F, 'set', 'bytesEq'>
    /** The entry’s byte counter is less. */
    readonly bytesLt?: MatchOption<F, 'set', 'bytesLt'>
    /** The entry’s byte counter is greater. */
    readonly bytesGt?: MatchOption<F, 'set', 'bytesGt'>
  }
  /** Matches when this host has an open TCP or UDP socket for the packet. */
  readonly socket?: {
    /** Only transparent sockets count. */
    readonly transparent?: MatchOption<F, 'socket', 'transparent'>
    /** Sockets bound to any address count too. */
    readonly nowildcard?: MatchOption<F, 'socket', 'nowildcard'>
    /** Gives the packet the mark of the socket. */
    readonly restoreSkmark?: MatchOption<F, 'socket', 'restoreSkmark'>
  }
  /** Compares the IPv6 segment routing header. */
  readonly srh?: {
    /** The protocol number of the next header. */
    readonly srhNextHdr?: MatchOption<F, 'srh', 'srhNextHdr'>
    /** The header’s length field is this. */
    readonly srhHdrLenEq?: MatchOption<F, 'srh', 'srhHdrLenEq'>
    /** The header’s length field is greater. */
    readonly srhHdrLenGt?: MatchOption<F, 'srh', 'srhHdrLenGt'>
    /** The header’s length field is less. */
    readonly srhHdrLenLt?: MatchOption<F, 'srh', 'srhHdrLenLt'>
    /** So many segments are left. */
    readonly srhSegsLeftEq?: MatchOption<F, 'srh', 'srhSegsLeftEq'>
    /** More segments are left. */
    readonly srhSegsLeftGt?: MatchOption<F, 'srh', 'srhSegsLeftGt'>
    /** Fewer segments are left. */
    readonly srhSegsLeftLt?: MatchOption<F, 'srh', 'srhSegsLeftLt'>
    /** The index of the last segment is this. */
    readonly srhLastEntryEq?: MatchOption<F, 'srh', 'srhLastEntryEq'>
    /** The index of the last segment is greater. */
    readonly srhLastEntryGt?: MatchOption<F, 'srh', 'srhLastEntryGt'>
    /** The index of the last segment is less. */
    readonly srhLastEntryLt?: MatchOption<F, 'srh', 'srhLastEntryLt'>
    /** The tag. */
    readonly srhTag?: MatchOption<F, 'srh', 'srhTag'>
    /** The previous segment. */
    readonly srhPsid?: MatchOption<F, 'srh', 'srhPsid'>
    /** The next segment. */
    readonly srhNsid?: MatchOption<F, 'srh', 'srhNsid'>
    /** The last segment. */
    readonly srhLsid?: MatchOption<F, 'srh', 'srhLsid'>
  }
  /** Compares the state that connection tracking gives to the packet; conntrack does more. */
  readonly state?: {
    /** The packet is in one of these states. */
    readonly state: MatchOption<F, 'state', 'state'>
  }
  /** Matches some packets only: by chance, or every nth. */
  readonly statistic?: {
    /** random takes a probability, nth takes every and packet. */
    readonly mode: MatchOption<F, 'statistic', 'mode'>
    /** How likely a packet is to match, 0 to 1. */
    readonly probability?: MatchOption<F, 'statistic', 'probability'>
    /** One packet of so many matches. */
    readonly every?: MatchOption<F, 'statistic', 'every'>
    /** The count that the first packet begins at, less than every. */
    readonly packet?: MatchOption<F, 'statistic', 'packet'>
  }
  /** Looks for a text or for bytes in the packet. */
  readonly string?: {
    /** The text, 1 to 128 bytes. */
    readonly string?: MatchOption<F, 'string', 'string'>
    /** The bytes, in hexadecimal between bars. A pattern that is printable is held as string. */
    readonly hexString?: MatchOption<F, 'string', 'hexString'>
    /** How to search: bm (Boyer-Moore) or kmp (Knuth-Pratt-Morris). */
    readonly algo: MatchOption<F, 'string', 'algo'>
    /** Where the search begins; 0 if not given. */
    readonly from?: MatchOption<F, 'string', 'from'>
    /** Where the search ends; the end of the packet if not given. */
    readonly to?: MatchOption<F, 'string', 'to'>
    /** Case does not matter. */
    readonly icase?: MatchOption<F, 'string', 'icase'>
  }
  /** Compares ports, flags and options of a TCP packet. */
  readonly tcp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOption<F, 'tcp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOption<F, 'tcp', 'dport'>
    /** The TCP header has this option. */
    readonly tcpOption?: MatchOption<F, 'tcp', 'tcpOption'>
    /** Of the flags in mask, exactly those in set are up. */
    readonly tcpFlags?: MatchOption<F, 'tcp', 'tcpFlags'>
  }
  /** Compares the maximum segment size that a TCP SYN or SYN/ACK announces. */
  readonly tcpmss?: {
    /** A size in bytes, or a range of them. */
    readonly mss: MatchOption<F, 'tcpmss', 'mss'>
  }
  /** Matches at some times of the day, days and dates only. */
  readonly time?: {
    /** From this time of day on; midnight if not given. */
    readonly timestart?: MatchOption<F, 'time', 'timestart'>
    /** Up to this time of day; the end of the day if not given. */
    readonly timestop?: MatchOption<F, 'time', 'timestop'>
    /** On these days of the month. */
    readonly monthdays?: MatchOption<F, 'time', 'monthdays'>
    /** On these days of the week. */
    readonly weekdays?: MatchOption<F, 'time', 'weekdays'>
    /** From this moment on. */
    readonly datestart?: MatchOption<F, 'time', 'datestart'>
    /** Up to this moment. */
    readonly datestop?: MatchOption<F, 'time', 'datestop'>
    /** Times are in the kernel’s time zone instead of UTC. */
    readonly kerneltz?: MatchOption<F, 'time', 'kerneltz'>
    /** A time that ends before it begins goes on past midnight. */
    readonly contiguous?: MatchOption<F, 'time', 'contiguous'>
  }
  /** Compares the type of service of IPv4, or the traffic class of IPv6. */
  readonly tos?: {
    /** The value, the bits of it under the mask, or a name. */
    readonly tos: MatchOption<F, 'tos', 'tos'>
  }
  /** Compares the time to live of an IPv4 packet. */
  readonly ttl?: {
    /** The time to live is this. */
    readonly ttlEq?: MatchOption<F, 'ttl', 'ttlEq'>
    /** The time to live is less. */
    readonly ttlLt?: MatchOption<F, 'ttl', 'ttlLt'>
    /** The time to live is greater. */
    readonly ttlGt?: MatchOption<F, 'ttl', 'ttlGt'>
  }
  /** Compares numbers of up to four bytes taken from anywhere in the packet. */
  readonly u32?: {
    /** Where to look and what to find there: location=value&&location=value. */
    readonly u32: MatchOption<F, 'u32', 'u32'>
  }
  /** Compares the ports of a UDP packet. */
  readonly udp?: {
    /** Source port or range of ports. */
    readonly sport?: MatchOption<F, 'udp', 'sport'>
    /** Destination port or range of ports. */
    readonly dport?: MatchOption<F, 'udp', 'dport'>
  }
}

/** The targets by their names. */
export interface DescribedTargets<F extends Form> {
  /** Lets the packet through. */
  readonly ACCEPT?: {
  }
  /** Writes a record for the audit daemon and goes on with the next rule. */
  readonly AUDIT?: {
    /** What happens to the packet; the record does not say it since Linux 4.12. */
    readonly type: TargetOption<F, 'AUDIT', 'type'>
  }
  /** Works around programs that choke on packets whose checksum the hardware is to fill in. */
  readonly CHECKSUM?: {
    /** Fills in a missing checksum. */
    readonly checksumFill: TargetOption<F, 'CHECKSUM', 'checksumFill'>
  }
  /** Puts the packet into a class of traffic control. */
  readonly CLASSIFY?: {
    /** Major and minor number of the class, always in hexadecimal. */
    readonly setClass: TargetOption<F, 'CLASSIFY', 'setClass'>
  }
  /** Shares an address among the machines of a cluster; the cluster match has taken its place. */
  readonly CLUSTERIP?: {
    /** Begins a new cluster address. */
    readonly new?: TargetOption<F, 'CLUSTERIP', 'new'>
    /** What decides which machine answers. */
    readonly hashmode?: TargetOption<F, 'CLUSTERIP', 'hashmode'>
    /** The multicast Ethernet address of the cluster. */
    readonly clustermac?: TargetOption<F, 'CLUSTERIP', 'clustermac'>
    /** How many machines there are. */
    readonly totalNodes?: TargetOption<F, 'CLUSTERIP', 'totalNodes'>
    /** Which of them this machine is. */
    readonly localNode?: TargetOption<F, 'CLUSTERIP', 'localNode'>
    /** The seed of the hash; 0 if not given. */
    readonly hashInit?: TargetOption<F, 'CLUSTERIP', 'hashInit'>
  }
  /** Changes the connection’s mark, or copies it from or to the packet’s. */
  readonly CONNMARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark?: TargetOption<F, 'CONNMARK', 'setXmark'>
    /** Copies the packet’s mark to the connection. */
    readonly saveMark?: TargetOption<F, 'CONNMARK', 'saveMark'>
    /** Copies the connection’s mark to the packet. */
    readonly restoreMark?: TargetOption<F, 'CONNMARK', 'restoreMark'>
    /** The bits of the packet’s mark to copy or to clear; all if not given. */
    readonly nfmask?: TargetOption<F, 'CONNMARK', 'nfmask'>
    /** The bits of the connection’s mark to copy or to clear; all if not given. */
    readonly ctmask?: TargetOption<F, 'CONNMARK', 'ctmask'>
    /** Shifts the mark to the left by so many bits. */
    readonly leftShiftMark?: TargetOption<F, 'CONNMARK', 'leftShiftMark'>
    /** Shifts the mark to the right by so many bits. */
    readonly rightShiftMark?: TargetOption<F, 'CONNMARK', 'rightShiftMark'>
  }
  /** Copies the security mark between packet and connection where the other has none. */
  readonly CONNSECMARK?: {
    /** From the packet to the connection. */
    readonly save?: TargetOption<F, 'CONNSECMARK', 'save'>
    /** From the connection to the packet. */
    readonly restore?: TargetOption<F, 'CONNSECMARK', 'restore'>
  }
  /** Says how connection tracking is to treat the packet and its connection. */
  readonly CT?: {
    /** Keeps the packet out of connection tracking. */
    readonly notrack?: TargetOption<F, 'CT', 'notrack'>
    /** The helper for the connection, such as ftp; loaded beforehand. */
    readonly helper?: TargetOption<F, 'CT', 'helper'>
    /** The name of the timeout policy for the connection. */
    readonly timeout?: TargetOption<F, 'CT', 'timeout'>
    /** The only events of the connection that are reported. */
    readonly ctevents?: TargetOption<F, 'CT', 'ctevents'>
    /** The only events of its expectations that are reported. */
    readonly expevents?: TargetOption<F, 'CT', 'expevents'>
    /** The zone for both directions: a number, or mark for the packet’s mark; 0 if not given. */
    readonly zone?: TargetOption<F, 'CT', 'zone'>
    /** The zone for the direction of the first packet. */
    readonly zoneOrig?: TargetOption<F, 'CT', 'zoneOrig'>
    /** The zone for the direction of the answer. */
    readonly zoneReply?: TargetOption<F, 'CT', 'zoneReply'>
  }
  /** Gives the packet, and its whole connection, another destination. */
  readonly DNAT?: {
    /** The new destination: an address or a range of them, ports, or both. */
    readonly toDestination: TargetOption<F, 'DNAT', 'toDestination'>
    /** Picks the port at random. */
    readonly random?: TargetOption<F, 'DNAT', 'random'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetOption<F, 'DNAT', 'persistent'>
  }
  /** Translates the prefix of the destination address without tracking the connection. */
  readonly DNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetOption<F, 'DNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetOption<F, 'DNPT', 'dstPfx'>
  }
  /** Drops the packet without an answer. */
  readonly DROP?: {
  }
  /** Changes the DSCP bits of the IP header. */
  readonly DSCP?: {
    /** The value, 0 to 63; --set-dscp-class takes the name of a class. */
    readonly setDscp: TargetOption<F, 'DSCP', 'setDscp'>
  }
  /** Changes the bits of Explicit Congestion Notification. */
  readonly ECN?: {
    /** Clears both bits of the TCP header. */
    readonly ecnTcpRemove?: TargetOption<F, 'ECN', 'ecnTcpRemove'>
    /** Sets the ECE bit of the TCP header to 0 or 1. */
    readonly ecnTcpEce?: TargetOption<F, 'ECN', 'ecnTcpEce'>
    /** Sets the CWR bit of the TCP header to 0 or 1. */
    readonly ecnTcpCwr?: TargetOption<F, 'ECN', 'ecnTcpCwr'>
    /** Sets the two bits of the IP header. */
    readonly ecnIpEct?: TargetOption<F, 'ECN', 'ecnIpEct'>
  }
  /** Changes the packet’s hop limit. */
  readonly HL?: {
    /** Sets it. */
    readonly hlSet?: TargetOption<F, 'HL', 'hlSet'>
    /** Takes so much off. */
    readonly hlDec?: TargetOption<F, 'HL', 'hlDec'>
    /** Adds so much. */
    readonly hlInc?: TargetOption<F, 'HL', 'hlInc'>
  }
  /** Gives the packet a mark that is computed from its addresses, ports and protocol. */
  readonly HMARK?: {
    /** How many bits of the source address count. */
    readonly hmarkSrcPrefix?: TargetOption<F, 'HMARK', 'hmarkSrcPrefix'>
    /** How many bits of the destination address count. */
    readonly hmarkDstPrefix?: TargetOption<F, 'HMARK', 'hmarkDstPrefix'>
    /** The bits of the source port that count. */
    readonly hmarkSportMask?: TargetOption<F, 'HMARK', 'hmarkSportMask'>
    /** The bits of the destination port that count. */
    readonly hmarkDportMask?: TargetOption<F, 'HMARK', 'hmarkDportMask'>
    /** The bits of the security parameter index of AH and ESP that count. */
    readonly hmarkSpiMask?: TargetOption<F, 'HMARK', 'hmarkSpiMask'>
    /** Bits that are set in the source port beforehand. */
    readonly hmarkSport?: TargetOption<F, 'HMARK', 'hmarkSport'>
    /** Bits that are set in the destination port beforehand. */
    readonly hmarkDport?: TargetOption<F, 'HMARK', 'hmarkDport'>
    /** Bits that are set in the security parameter index beforehand. */
    readonly hmarkSpi?: TargetOption<F, 'HMARK', 'hmarkSpi'>
    /** The bits of the protocol number that count. */
    readonly hmarkProtoMask?: TargetOption<F, 'HMARK', 'hmarkProtoMask'>
    /** The seed of the hash. */
    readonly hmarkRnd: TargetOption<F, 'HMARK', 'hmarkRnd'>
    /** How many different marks there are. */
    readonly hmarkMod: TargetOption<F, 'HMARK', 'hmarkMod'>
    /** The first of the marks. */
    readonly hmarkOffset?: TargetOption<F, 'HMARK', 'hmarkOffset'>
    /** Fields that count as a whole; ct takes them from the connection instead of the packet. */
    readonly hmarkTuple?: TargetOption<F, 'HMARK', 'hmarkTuple'>
  }
  /** Reports through sysfs when no packet has come by for a while. */
  readonly IDLETIMER?: {
    /** Seconds without a packet until the report. */
    readonly timeout: TargetOption<F, 'IDLETIMER', 'timeout'>
    /** The name of the timer, 1 to 27 bytes; rules with the same name share it. */
    readonly label: TargetOption<F, 'IDLETIMER', 'label'>
    /** Wakes the machine up to report. */
    readonly alarm?: TargetOption<F, 'IDLETIMER', 'alarm'>
  }
  /** Lights a lamp of the machine when the packet comes by. */
  readonly LED?: {
    /** The name of the trigger, at most 16 bytes; sysfs shows it with netfilter- in front. */
    readonly ledTriggerId: TargetOption<F, 'LED', 'ledTriggerId'>
    /** Milliseconds that the lamp stays on, or inf for ever. */
    readonly ledDelay?: TargetOption<F, 'LED', 'ledDelay'>
    /** Blinks even if the lamp is on already. */
    readonly ledAlwaysBlink?: TargetOption<F, 'LED', 'ledAlwaysBlink'>
  }
  /** Writes the packet to the kernel log and goes on with the next rule. */
  readonly LOG?: {
    /** Text in front of the message, 1 to 29 bytes. */
    readonly logPrefix?: TargetOption<F, 'LOG', 'logPrefix'>
    /** The syslog level, 0 to 7 or its name. */
    readonly logLevel?: TargetOption<F, 'LOG', 'logLevel'>
    /** Adds the TCP sequence numbers. */
    readonly logTcpSequence?: TargetOption<F, 'LOG', 'logTcpSequence'>
    /** Adds the options of the TCP header. */
    readonly logTcpOptions?: TargetOption<F, 'LOG', 'logTcpOptions'>
    /** Adds the options of the IP header. */
    readonly logIpOptions?: TargetOption<F, 'LOG', 'logIpOptions'>
    /** Adds the user that made the packet. */
    readonly logUid?: TargetOption<F, 'LOG', 'logUid'>
    /** Adds MAC addresses and protocol. */
    readonly logMacdecode?: TargetOption<F, 'LOG', 'logMacdecode'>
  }
  /** Changes the packet’s mark, which routing and other rules can look at. */
  readonly MARK?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value. */
    readonly setXmark: TargetOption<F, 'MARK', 'setXmark'>
  }
  /** Gives the packet the address of the interface that it leaves by as its source. */
  readonly MASQUERADE?: {
    /** The new source port, or a range of them. */
    readonly toPorts?: TargetOption<F, 'MASQUERADE', 'toPorts'>
    /** Picks the port by a hash. */
    readonly random?: TargetOption<F, 'MASQUERADE', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetOption<F, 'MASQUERADE', 'randomFully'>
  }
  /** Maps the addresses of a network one to one onto another network. */
  readonly NETMAP?: {
    /** The network mapped to; the bits behind its prefix are those of the address before. */
    readonly to: TargetOption<F, 'NETMAP', 'to'>
  }
  /** Sends the packet to a program that listens for logged packets and goes on with the next rule. */
  readonly NFLOG?: {
    /** Text that goes with the packet, 1 to 127 bytes; 63 on the legacy backend. */
    readonly nflogPrefix?: TargetOption<F, 'NFLOG', 'nflogPrefix'>
    /** The netlink group that the packet goes to; 0 if not given. */
    readonly nflogGroup?: TargetOption<F, 'NFLOG', 'nflogGroup'>
    /** Has never worked, and only the legacy backend keeps it; use nflogSize. */
    readonly nflogRange?: TargetOption<F, 'NFLOG', 'nflogRange'>
    /** How many bytes of the packet are sent; all if not given. */
    readonly nflogSize?: TargetOption<F, 'NFLOG', 'nflogSize'>
    /** Packets that the kernel gathers before it sends them. */
    readonly nflogThreshold?: TargetOption<F, 'NFLOG', 'nflogThreshold'>
  }
  /** Hands the packet to a program that decides about it. */
  readonly NFQUEUE?: {
    /** The queue that the program listens on; 0 if not given. */
    readonly queueNum?: TargetOption<F, 'NFQUEUE', 'queueNum'>
    /** Queues among which the connections are spread. */
    readonly queueBalance?: TargetOption<F, 'NFQUEUE', 'queueBalance'>
    /** Lets the packet go on to the next rule if no program listens, instead of dropping it. */
    readonly queueBypass?: TargetOption<F, 'NFQUEUE', 'queueBypass'>
    /** Picks the queue by the processor that handles the packet. */
    readonly queueCpuFanout?: TargetOption<F, 'NFQUEUE', 'queueCpuFanout'>
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
    readonly rateestName: TargetOption<F, 'RATEEST', 'rateestName'>
    /** How often the rate is measured: every 250ms, 500ms, 1s, 2s, 4s or 8s. */
    readonly rateestInterval: TargetOption<F, 'RATEEST', 'rateestInterval'>
    /** The time over which the rate is averaged: the interval times a power of two. */
    readonly rateestEwmalog: TargetOption<F, 'RATEEST', 'rateestEwmalog'>
  }
  /** Turns the packet to this machine itself. */
  readonly REDIRECT?: {
    /** The new destination port, or a range of them. */
    readonly toPorts?: TargetOption<F, 'REDIRECT', 'toPorts'>
    /** Picks the port at random. */
    readonly random?: TargetOption<F, 'REDIRECT', 'random'>
  }
  /** Drops the packet and answers with an error. */
  readonly REJECT?: {
    /** The answer that is sent; tcp-reset only in a rule for TCP. */
    readonly rejectWith?: TargetOption<F, 'REJECT', 'rejectWith'>
  }
  /** Goes on in the calling chain, or applies the policy of a built-in one. */
  readonly RETURN?: {
  }
  /** Gives the packet a security mark, for SELinux. */
  readonly SECMARK?: {
    /** The SELinux context, which has to exist. */
    readonly selctx: TargetOption<F, 'SECMARK', 'selctx'>
  }
  /** Adds the packet’s addresses to a set, takes them out, or maps the set’s values to the packet. */
  readonly SET?: {
    /** Adds the addresses or ports to this set. */
    readonly addSet?: TargetOption<F, 'SET', 'addSet'>
    /** Renews the timeout of what is in the set already. */
    readonly exist?: TargetOption<F, 'SET', 'exist'>
    /** Seconds until the entry leaves the set; 0 is never. */
    readonly timeout?: TargetOption<F, 'SET', 'timeout'>
    /** Takes the addresses or ports out of this set. */
    readonly delSet?: TargetOption<F, 'SET', 'delSet'>
    /** Takes mark, priority and queue from this set’s entry. */
    readonly mapSet?: TargetOption<F, 'SET', 'mapSet'>
    /** Maps the firewall mark. */
    readonly mapMark?: TargetOption<F, 'SET', 'mapMark'>
    /** Maps the priority for traffic control. */
    readonly mapPrio?: TargetOption<F, 'SET', 'mapPrio'>
    /** Maps the hardware queue. */
    readonly mapQueue?: TargetOption<F, 'SET', 'mapQueue'>
  }
  /** Gives the packet, and its whole connection, another source. */
  readonly SNAT?: {
    /** The new source: an address or a range of them, ports, or both. */
    readonly toSource: TargetOption<F, 'SNAT', 'toSource'>
    /** Picks the port by a hash. */
    readonly random?: TargetOption<F, 'SNAT', 'random'>
    /** Picks the port at random. */
    readonly randomFully?: TargetOption<F, 'SNAT', 'randomFully'>
    /** Gives a client the same address for each of its connections. */
    readonly persistent?: TargetOption<F, 'SNAT', 'persistent'>
  }
  /** Translates the prefix of the source address without tracking the connection. */
  readonly SNPT?: {
    /** The prefix that is translated. */
    readonly srcPfx: TargetOption<F, 'SNPT', 'srcPfx'>
    /** The prefix that takes its place. */
    readonly dstPfx: TargetOption<F, 'SNPT', 'dstPfx'>
  }
  /** Answers TCP handshakes itself and passes on those connections only that the client completes. */
  readonly SYNPROXY?: {
    /** Passes selective acknowledgement on. */
    readonly sackPerm?: TargetOption<F, 'SYNPROXY', 'sackPerm'>
    /** Passes time stamps on; selective acknowledgement and window scaling need them. */
    readonly timestamp?: TargetOption<F, 'SYNPROXY', 'timestamp'>
    /** The window scale announced to clients, which has to be the server’s. */
    readonly wscale?: TargetOption<F, 'SYNPROXY', 'wscale'>
    /** The greatest segment size announced to clients, which has to be the server’s. */
    readonly mss?: TargetOption<F, 'SYNPROXY', 'mss'>
    /** Passes Explicit Congestion Notification on. */
    readonly ecn?: TargetOption<F, 'SYNPROXY', 'ecn'>
  }
  /** Changes the greatest segment size that a TCP connection announces. */
  readonly TCPMSS?: {
    /** The size in bytes; a smaller one stays. */
    readonly setMss?: TargetOption<F, 'TCPMSS', 'setMss'>
    /** Makes it fit the path: its MTU less 40 bytes for IPv4, 60 for IPv6. */
    readonly clampMssToPmtu?: TargetOption<F, 'TCPMSS', 'clampMssToPmtu'>
  }
  /** Takes options out of the TCP header. */
  readonly TCPOPTSTRIP?: {
    /** The options, by number or name. */
    readonly stripOptions?: TargetOption<F, 'TCPOPTSTRIP', 'stripOptions'>
  }
  /** Sends a copy of the packet to another machine on the same link and goes on with the next rule. */
  readonly TEE?: {
    /** The machine that gets the copy. */
    readonly gateway: TargetOption<F, 'TEE', 'gateway'>
    /** The interface that the copy leaves by. */
    readonly oif?: TargetOption<F, 'TEE', 'oif'>
  }
  /** Changes the type of service of IPv4, or the traffic class of IPv6. */
  readonly TOS?: {
    /** Clears the bits of the mask (all if none is given) and turns those of the value; or a name. */
    readonly setTos: TargetOption<F, 'TOS', 'setTos'>
  }
  /** Gives the packet to a local socket and leaves its addresses as they are. */
  readonly TPROXY?: {
    /** The port of the socket; 0 is the packet’s own destination port. */
    readonly onPort: TargetOption<F, 'TPROXY', 'onPort'>
    /** The address of the socket; if not given, that of the interface the packet came in by. */
    readonly onIp?: TargetOption<F, 'TPROXY', 'onIp'>
    /** Changes the packet’s mark, for the routing that brings it here. */
    readonly tproxyMark?: TargetOption<F, 'TPROXY', 'tproxyMark'>
  }
  /** Has the kernel report every rule that the packet matches from here on. */
  readonly TRACE?: {
  }
  /** Changes the packet’s time to live. */
  readonly TTL?: {
    /** Sets it. */
    readonly ttlSet?: TargetOption<F, 'TTL', 'ttlSet'>
    /** Takes so much off. */
    readonly ttlDec?: TargetOption<F, 'TTL', 'ttlDec'>
    /** Adds so much. */
    readonly ttlInc?: TargetOption<F, 'TTL', 'ttlInc'>
  }
  /** Sends the packet to a program that listens; NFLOG has taken its place. */
  readonly ULOG?: {
    /** Text that goes with the packet, 1 to 31 bytes. */
    readonly ulogPrefix?: TargetOption<F, 'ULOG', 'ulogPrefix'>
    /** The netlink group that the packet goes to; 1 if not given. */
    readonly ulogNlgroup?: TargetOption<F, 'ULOG', 'ulogNlgroup'>
    /** How many bytes of the packet are sent; 0 is all. */
    readonly ulogCprange?: TargetOption<F, 'ULOG', 'ulogCprange'>
    /** Packets that the kernel gathers before it sends them. */
    readonly ulogQthreshold?: TargetOption<F, 'ULOG', 'ulogQthreshold'>
  }
}
