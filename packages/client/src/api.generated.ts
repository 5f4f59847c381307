// Made from the OpenAPI document of the daemon: UPDATE_GOLDEN=1 npm test -- packages/client

import type { RequestOptions } from './request-options.ts'

/** An address or network that nothing may ban. */
export type AllowedNetwork = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly reason?: string | undefined; readonly origin: 'entry' | 'default'; readonly who?: string | undefined; readonly since?: string | undefined }

export type Ban = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope?: string | undefined; readonly since: string; readonly until?: string | undefined; readonly expiresIn?: number | undefined; readonly reason?: string | undefined; readonly who: string; readonly networks?: readonly string[] | undefined; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }

/** One line of a request: a ban, or its address, network or range alone. */
export type BanLine = { readonly address: string; readonly for?: string | number | undefined; readonly reason?: string | undefined; readonly scope?: string | { readonly interface: string } | { readonly ports: readonly string[] } | undefined; readonly exceptAllowed?: boolean | undefined; readonly ipv6Prefix?: number | undefined } | string

export type BanRequest = { readonly for?: string | number | undefined; readonly reason?: string | undefined; readonly scope?: string | { readonly interface: string } | { readonly ports: readonly string[] } | undefined; readonly exceptAllowed?: boolean | undefined; readonly ipv6Prefix?: number | undefined } | null

/** One line of an answer: what became of a line of the request, in its order, and at last the summary of all. */
export type BanResult = { readonly line?: number | undefined; readonly address?: string | undefined; readonly ok?: boolean | undefined; readonly error?: { readonly code: string; readonly detail: string } | undefined; readonly summary?: { readonly complete: boolean; readonly lines: number; readonly accepted: number; readonly refused: number; readonly error?: { readonly code: string; readonly detail: string } | undefined } | undefined }

export type Chain = { readonly name: string; readonly policy?: string | undefined; readonly counters: { readonly packets: number | string; readonly bytes: number | string }; readonly rules: readonly ListedRule[]; readonly next?: string | undefined }

/** One thing that has to be so for the daemon to keep what it promises. */
export type Check = { readonly name: 'restored' | 'kernel' | 'store' | 'desired'; readonly ok: boolean; readonly detail?: string | undefined }

/** What a change would be in the history. Nothing was changed. */
export type DryRun = { readonly dryRun: true; readonly what: 'rules' | 'sets' | 'bans' | 'allowlist' | 'rfw' | 'plan' | 'rollback' | 'repair' | 'probation' | 'recent'; readonly summary: { readonly rulesAdded?: number | undefined; readonly rulesRemoved?: number | undefined; readonly chainsCreated?: number | undefined; readonly chainsRemoved?: number | undefined; readonly policies?: number | undefined; readonly setsCreated?: number | undefined; readonly setsDestroyed?: number | undefined; readonly setsChanged?: number | undefined; readonly entriesAdded?: number | undefined; readonly entriesRemoved?: number | undefined; readonly banned?: number | undefined; readonly renewed?: number | undefined; readonly unbanned?: number | undefined; readonly allowed?: number | undefined; readonly disallowed?: number | undefined; readonly rfwPut?: number | undefined; readonly rfwDeleted?: number | undefined }; readonly operations: Operations; readonly recent?: readonly ({ readonly list: string; readonly do: 'add' | 'delete' | 'flush'; readonly address?: string | undefined })[] | undefined; readonly outcome?: { readonly code: number; readonly stdout: string; readonly stderr: string } | undefined; readonly runs?: readonly { readonly code: number; readonly stdout: string; readonly stderr: string }[] | undefined; readonly plan?: Plan | undefined; readonly left?: readonly string[] | undefined }

/** Who may do what. The credential itself is told once, when an API key is made. */
export type Key = { readonly name: string; readonly kind: 'key' | 'password' | 'certificate'; readonly permissions: Permissions; readonly created: string; readonly expires?: string | undefined; readonly totp?: true | undefined; readonly used?: string | undefined; readonly revoked?: string | undefined; readonly certificate?: string | undefined; readonly key?: string | undefined }

/** A ban with what it has dropped. */
export type ListedBan = { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope?: string | undefined; readonly since?: string | undefined; readonly until?: string | undefined; readonly expiresIn?: number | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly packets: number | string; readonly bytes: number | string }

/** A rule as its chain holds it. */
export type ListedRule = { readonly number: number; readonly text: string; readonly protocol?: NonNullable<Rule["protocol"]> | undefined; readonly source?: NonNullable<Rule["source"]> | undefined; readonly destination?: NonNullable<Rule["destination"]> | undefined; readonly inInterface?: NonNullable<Rule["inInterface"]> | undefined; readonly outInterface?: NonNullable<Rule["outInterface"]> | undefined; readonly fragment?: NonNullable<Rule["fragment"]> | undefined; readonly matches?: NonNullable<Rule["matches"]> | undefined; readonly target?: NonNullable<Rule["target"]> | undefined; readonly goto?: NonNullable<Rule["goto"]> | undefined; readonly counters?: NonNullable<Rule["counters"]> | undefined }

/** One metric, as Prometheus knows it. */
export type Metric = { readonly name: string; readonly type: 'counter' | 'gauge' | 'histogram'; readonly help: string; readonly samples: readonly ({ readonly labels: Readonly<Record<string, string>>; readonly value?: number | undefined; readonly buckets?: readonly { readonly upTo: number; readonly count: number }[] | undefined; readonly sum?: number | undefined; readonly count?: number | undefined })[] }

/** What was changed, part by part. */
export type Operations = { readonly chains?: readonly ({ readonly table: string; readonly family: 'ipv4' | 'ipv6'; readonly chain: string; readonly did: 'created' | 'removed' | 'changed'; readonly policy?: { readonly before: string; readonly after: string } | undefined; readonly lines: readonly string[]; readonly among?: 'first' | 'last' | undefined })[] | undefined; readonly sets?: readonly ({ readonly name: string; readonly do: 'destroy' | 'create' | 'rebuild' | 'change'; readonly create?: string | undefined; readonly take?: readonly string[] | undefined; readonly put?: readonly string[] | undefined })[] | undefined; readonly bans?: readonly ({ readonly before?: { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope: string; readonly since: string; readonly until?: string | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly exempt: boolean } | undefined; readonly after?: { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope: string; readonly since: string; readonly until?: string | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly exempt: boolean } | undefined })[] | undefined; readonly allowlist?: readonly ({ readonly before?: { readonly address: string; readonly reason?: string | undefined } | undefined; readonly after?: { readonly address: string; readonly reason?: string | undefined } | undefined })[] | undefined; readonly rfw?: readonly ({ readonly before?: { readonly path: string; readonly until?: string | undefined } | undefined; readonly after?: { readonly path: string; readonly until?: string | undefined } | undefined })[] | undefined; readonly irreversible?: readonly string[] | undefined; readonly repaired?: readonly string[] | undefined }

/** What a key may do; what is not said is not allowed. `everything` stands alone. */
export type Permissions = { readonly everything?: boolean | undefined; readonly read?: boolean | undefined; readonly ban?: { readonly longest?: string | number | undefined; readonly widest?: { readonly ipv4?: number | undefined; readonly ipv6?: number | undefined } | undefined; readonly scopes?: readonly string[] | undefined; readonly sets?: readonly string[] | undefined; readonly perMinute?: number | undefined; readonly unban?: boolean | undefined } | undefined; readonly secondFactor?: boolean | undefined; readonly edit?: { readonly chains?: readonly string[] | undefined; readonly sets?: readonly string[] | undefined } | undefined }

/** What would have to change for the kernel to hold what is desired. */
export type Plan = { readonly token: string; readonly empty: boolean; readonly summary: { readonly rules: Readonly<Record<string, number>>; readonly chains: Readonly<Record<string, number>>; readonly sets: Readonly<Record<string, number>>; readonly entries: Readonly<Record<string, number>> }; readonly diff: string; readonly owner: string; readonly scope: string; readonly tables: readonly Readonly<Record<string, unknown>>[]; readonly sets: readonly Readonly<Record<string, unknown>>[]; readonly restore: { readonly ipv4: string; readonly ipv6: string }; readonly ipset: { readonly before: string; readonly after: string } }

/** A change that is taken back unless it is confirmed. */
export type Probation = { readonly id: string; readonly remaining: number; readonly touches: readonly string[]; readonly guarded: boolean }

/** Why a request was refused, RFC 9457. `code` is stable; the rest is for people. */
export type Problem = { readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly code: string; readonly path?: string | undefined; readonly kernelWords?: string | undefined }

/** What was done, when the kernel has it and the store its revision. */
export type Receipt = { readonly revision?: number | undefined; readonly commits: number; readonly sets: number; readonly duration: number; readonly summary: { readonly rules: Readonly<Record<string, number>>; readonly chains: Readonly<Record<string, number>>; readonly sets: Readonly<Record<string, number>>; readonly entries: Readonly<Record<string, number>> }; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }

/** A numbered change with its operations. */
export type Revision = { readonly number: number; readonly time: string; readonly what: 'rules' | 'sets' | 'bans' | 'allowlist' | 'rfw' | 'plan' | 'rollback' | 'repair' | 'probation'; readonly who: string; readonly door: 'socket' | 'loopback' | 'https' | 'rfw' | 'daemon'; readonly why?: string | undefined; readonly summary: { readonly rulesAdded?: number | undefined; readonly rulesRemoved?: number | undefined; readonly chainsCreated?: number | undefined; readonly chainsRemoved?: number | undefined; readonly policies?: number | undefined; readonly setsCreated?: number | undefined; readonly setsDestroyed?: number | undefined; readonly setsChanged?: number | undefined; readonly entriesAdded?: number | undefined; readonly entriesRemoved?: number | undefined; readonly banned?: number | undefined; readonly renewed?: number | undefined; readonly unbanned?: number | undefined; readonly allowed?: number | undefined; readonly disallowed?: number | undefined; readonly rfwPut?: number | undefined; readonly rfwDeleted?: number | undefined }; readonly operations: Operations }

/** What has changed from one revision to another; what was undone in between does not show. */
export type RevisionDifference = { readonly from: number; readonly to: number; readonly chains: readonly ({ readonly table: string; readonly family: 'ipv4' | 'ipv6'; readonly chain: string; readonly did: 'created' | 'removed' | 'changed'; readonly policy?: { readonly before: string; readonly after: string } | undefined; readonly lines: readonly string[]; readonly among?: 'first' | 'last' | undefined })[]; readonly sets: readonly ({ readonly name: string; readonly did: 'created' | 'destroyed' | 'changed'; readonly added: readonly string[]; readonly removed: readonly string[] })[]; readonly bans: readonly ({ readonly before?: { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope: string; readonly since: string; readonly until?: string | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly exempt: boolean } | undefined; readonly after?: { readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly scope: string; readonly since: string; readonly until?: string | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly exempt: boolean } | undefined })[]; readonly allowlist: readonly ({ readonly before?: { readonly address: string; readonly reason?: string | undefined } | undefined; readonly after?: { readonly address: string; readonly reason?: string | undefined } | undefined })[]; readonly rfw: readonly ({ readonly before?: { readonly path: string; readonly until?: string | undefined } | undefined; readonly after?: { readonly path: string; readonly until?: string | undefined } | undefined })[] }

/** A numbered change. */
export type RevisionHead = { readonly number: number; readonly time: string; readonly what: 'rules' | 'sets' | 'bans' | 'allowlist' | 'rfw' | 'plan' | 'rollback' | 'repair' | 'probation'; readonly who: string; readonly door: 'socket' | 'loopback' | 'https' | 'rfw' | 'daemon'; readonly why?: string | undefined; readonly summary: { readonly rulesAdded?: number | undefined; readonly rulesRemoved?: number | undefined; readonly chainsCreated?: number | undefined; readonly chainsRemoved?: number | undefined; readonly policies?: number | undefined; readonly setsCreated?: number | undefined; readonly setsDestroyed?: number | undefined; readonly setsChanged?: number | undefined; readonly entriesAdded?: number | undefined; readonly entriesRemoved?: number | undefined; readonly banned?: number | undefined; readonly renewed?: number | undefined; readonly unbanned?: number | undefined; readonly allowed?: number | undefined; readonly disallowed?: number | undefined; readonly rfwPut?: number | undefined; readonly rfwDeleted?: number | undefined } }

/** What a rollback came to. */
export type RolledBack = { readonly to: number; readonly revisions: readonly number[]; readonly commits: number; readonly sets: number; readonly bans: number; readonly allowlist: number; readonly rfw: number; readonly left: readonly string[]; readonly duration: number; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }

/** A rule of iptables or ip6tables. */
export type Rule = { readonly protocol?: string | number | { readonly not: string | number } | undefined; readonly source?: string | { readonly not: string } | undefined; readonly destination?: string | { readonly not: string } | undefined; readonly inInterface?: string | { readonly not: string } | undefined; readonly outInterface?: string | { readonly not: string } | undefined; readonly fragment?: true | { readonly not: true } | undefined; readonly matches?: { readonly addrtype?: { readonly srcType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] } | undefined; readonly dstType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] } | undefined; readonly limitIfaceIn?: true | undefined; readonly limitIfaceOut?: true | undefined } | { readonly srcType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] } | undefined; readonly dstType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] } | undefined; readonly limitIfaceIn?: true | undefined; readonly limitIfaceOut?: true | undefined } | undefined; readonly ah?: { readonly ahspi?: number | string | { readonly not: number | string } | undefined } | { readonly ahspi?: number | string | { readonly not: number | string } | undefined; readonly ahlen?: number | { readonly not: number } | undefined; readonly ahres?: true | undefined } | undefined; readonly bpf?: { readonly objectPinned?: string | undefined; readonly bytecode?: string | undefined } | undefined; readonly cgroup?: { readonly path?: string | { readonly not: string } | undefined; readonly cgroup?: number | { readonly not: number } | undefined } | undefined; readonly cluster?: { readonly localNodemask: number | { readonly not: number }; readonly totalNodes: number; readonly hashSeed: number } | undefined; readonly comment?: { readonly comment: string } | undefined; readonly connbytes?: { readonly connbytes: number | string | { readonly not: number | string }; readonly mode: 'packets' | 'bytes' | 'avgpkt'; readonly dir: 'original' | 'reply' | 'both' } | undefined; readonly connlabel?: { readonly label: number | string | { readonly not: number | string }; readonly set?: true | undefined } | undefined; readonly connlimit?: { readonly upto?: number | { readonly not: number } | undefined; readonly above?: number | { readonly not: number } | undefined; readonly mask?: number | string | undefined; readonly saddr?: true | undefined; readonly daddr?: true | undefined } | undefined; readonly connmark?: { readonly mark: number | string | { readonly not: number | string } } | undefined; readonly conntrack?: { readonly ctstate?: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT')[] | { readonly not: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT')[] } | undefined; readonly ctproto?: string | number | { readonly not: string | number } | undefined; readonly ctorigsrc?: string | { readonly not: string } | undefined; readonly ctorigdst?: string | { readonly not: string } | undefined; readonly ctreplsrc?: string | { readonly not: string } | undefined; readonly ctrepldst?: string | { readonly not: string } | undefined; readonly ctorigsrcport?: number | string | { readonly not: number | string } | undefined; readonly ctorigdstport?: number | string | { readonly not: number | string } | undefined; readonly ctreplsrcport?: number | string | { readonly not: number | string } | undefined; readonly ctrepldstport?: number | string | { readonly not: number | string } | undefined; readonly ctstatus?: readonly ('NONE' | 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED')[] | { readonly not: readonly ('NONE' | 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED')[] } | undefined; readonly ctexpire?: number | string | { readonly not: number | string } | undefined; readonly ctdir?: 'ORIGINAL' | 'REPLY' | undefined } | undefined; readonly cpu?: { readonly cpu: number | { readonly not: number } } | undefined; readonly dccp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly dccpTypes?: readonly ('REQUEST' | 'RESPONSE' | 'DATA' | 'ACK' | 'DATAACK' | 'CLOSEREQ' | 'CLOSE' | 'RESET' | 'SYNC' | 'SYNCACK' | 'INVALID')[] | { readonly not: readonly ('REQUEST' | 'RESPONSE' | 'DATA' | 'ACK' | 'DATAACK' | 'CLOSEREQ' | 'CLOSE' | 'RESET' | 'SYNC' | 'SYNCACK' | 'INVALID')[] } | undefined; readonly dccpOption?: number | { readonly not: number } | undefined } | undefined; readonly devgroup?: { readonly srcGroup?: number | string | 'default' | { readonly not: number | string | 'default' } | undefined; readonly dstGroup?: number | string | 'default' | { readonly not: number | string | 'default' } | undefined } | undefined; readonly dscp?: { readonly dscp: number | { readonly not: number } } | undefined; readonly dst?: { readonly dstLen?: number | { readonly not: number } | undefined; readonly dstOpts?: readonly (number | string)[] | undefined } | undefined; readonly ecn?: { readonly ecnTcpEce?: true | { readonly not: true } | undefined; readonly ecnTcpCwr?: true | { readonly not: true } | undefined; readonly ecnIpEct?: number | { readonly not: number } | undefined } | undefined; readonly esp?: { readonly espspi?: number | string | { readonly not: number | string } | undefined } | undefined; readonly eui64?: Readonly<Record<never, never>> | undefined; readonly frag?: { readonly fragid?: number | string | { readonly not: number | string } | undefined; readonly fraglen?: number | { readonly not: number } | undefined; readonly fragres?: true | undefined; readonly fragfirst?: true | undefined; readonly fragmore?: true | undefined; readonly fraglast?: true | undefined } | undefined; readonly hashlimit?: { readonly upto?: string | { readonly not: string } | undefined; readonly above?: string | { readonly not: string } | undefined; readonly burst?: number | string | undefined; readonly mode?: readonly ('srcip' | 'srcport' | 'dstip' | 'dstport')[] | undefined; readonly name: string; readonly htableSize?: number | undefined; readonly htableMax?: number | undefined; readonly htableGcinterval?: number | undefined; readonly htableExpire?: number | undefined; readonly srcmask?: number | string | undefined; readonly dstmask?: number | string | undefined; readonly rateMatch?: true | undefined; readonly rateInterval?: number | undefined } | undefined; readonly hbh?: { readonly hbhLen?: number | { readonly not: number } | undefined; readonly hbhOpts?: readonly (number | string)[] | undefined } | undefined; readonly helper?: { readonly helper: string | { readonly not: string } } | undefined; readonly hl?: { readonly hlEq?: number | { readonly not: number } | undefined; readonly hlLt?: number | undefined; readonly hlGt?: number | undefined } | undefined; readonly icmp?: { readonly icmpType: number | string | { readonly not: number | string } } | undefined; readonly icmp6?: { readonly icmpv6Type: number | string | { readonly not: number | string } } | undefined; readonly ipcomp?: { readonly ipcompspi?: number | string | { readonly not: number | string } | undefined; readonly compres?: true | undefined } | undefined; readonly iprange?: { readonly srcRange?: string | { readonly not: string } | undefined; readonly dstRange?: string | { readonly not: string } | undefined } | undefined; readonly ipv6header?: { readonly header: readonly ('hop-by-hop' | 'ipv6-opts' | 'ipv6-route' | 'ipv6-frag' | 'ah' | 'esp' | 'ipv6-nonxt' | 'protocol')[] | { readonly not: readonly ('hop-by-hop' | 'ipv6-opts' | 'ipv6-route' | 'ipv6-frag' | 'ah' | 'esp' | 'ipv6-nonxt' | 'protocol')[] }; readonly soft?: true | undefined } | undefined; readonly ipvs?: { readonly ipvs?: true | { readonly not: true } | undefined; readonly vproto?: string | number | { readonly not: string | number } | undefined; readonly vaddr?: string | { readonly not: string } | undefined; readonly vport?: number | string | { readonly not: number | string } | undefined; readonly vdir?: 'ORIGINAL' | 'REPLY' | undefined; readonly vmethod?: 'GATE' | 'IPIP' | 'MASQ' | { readonly not: 'GATE' | 'IPIP' | 'MASQ' } | undefined; readonly vportctl?: number | string | { readonly not: number | string } | undefined } | undefined; readonly length?: { readonly length: number | string | { readonly not: number | string } } | undefined; readonly limit?: { readonly limit?: string | undefined; readonly burst?: number | undefined } | undefined; readonly mac?: { readonly macSource: string | { readonly not: string } } | undefined; readonly mark?: { readonly mark: number | string | { readonly not: number | string } } | undefined; readonly mh?: { readonly mhType?: number | string | { readonly not: number | string } | undefined } | undefined; readonly multiport?: { readonly sports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined; readonly dports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined; readonly ports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined } | undefined; readonly nfacct?: { readonly nfacctName: string } | undefined; readonly osf?: { readonly genre: string | { readonly not: string }; readonly ttl?: number | undefined; readonly log?: number | undefined } | undefined; readonly owner?: { readonly socketExists?: true | { readonly not: true } | undefined; readonly uidOwner?: number | string | { readonly not: number | string } | undefined; readonly gidOwner?: number | string | { readonly not: number | string } | undefined; readonly supplGroups?: true | undefined } | undefined; readonly physdev?: { readonly physdevIsIn?: true | { readonly not: true } | undefined; readonly physdevIn?: string | { readonly not: string } | undefined; readonly physdevIsOut?: true | { readonly not: true } | undefined; readonly physdevOut?: string | { readonly not: string } | undefined; readonly physdevIsBridged?: true | { readonly not: true } | undefined } | undefined; readonly pkttype?: { readonly pktType: 'unicast' | 'broadcast' | 'multicast' | 'otherhost' | { readonly not: 'unicast' | 'broadcast' | 'multicast' | 'otherhost' } } | undefined; readonly policy?: { readonly dir: 'in' | 'out'; readonly pol?: 'none' | 'ipsec' | undefined; readonly strict?: true | undefined; readonly elements?: readonly ({ readonly reqid?: number | { readonly not: number } | undefined; readonly spi?: number | string | { readonly not: number | string } | undefined; readonly proto?: 'ah' | 'esp' | 'ipcomp' | { readonly not: 'ah' | 'esp' | 'ipcomp' } | undefined; readonly mode?: 'transport' | 'tunnel' | { readonly not: 'transport' | 'tunnel' } | undefined; readonly tunnelDst?: string | { readonly not: string } | undefined; readonly tunnelSrc?: string | { readonly not: string } | undefined })[] | undefined } | undefined; readonly quota?: { readonly quota: number | string | { readonly not: number | string } } | undefined; readonly rateest?: { readonly rateestDelta?: true | undefined; readonly rateest?: string | undefined; readonly rateest1?: string | undefined; readonly rateestBps1?: string | undefined; readonly rateestPps1?: number | undefined; readonly rateestLt?: true | { readonly not: true } | undefined; readonly rateestGt?: true | { readonly not: true } | undefined; readonly rateestEq?: true | { readonly not: true } | undefined; readonly rateestBps?: string | true | undefined; readonly rateestPps?: number | true | undefined; readonly rateestBps2?: string | undefined; readonly rateestPps2?: number | undefined; readonly rateest2?: string | undefined } | undefined; readonly realm?: { readonly realm: number | string | { readonly not: number | string } } | undefined; readonly recent?: { readonly set?: true | { readonly not: true } | undefined; readonly rcheck?: true | { readonly not: true } | undefined; readonly update?: true | { readonly not: true } | undefined; readonly remove?: true | { readonly not: true } | undefined; readonly seconds?: number | undefined; readonly reap?: true | undefined; readonly hitcount?: number | undefined; readonly rttl?: true | undefined; readonly name?: string | undefined; readonly mask?: string | undefined; readonly rsource?: true | undefined; readonly rdest?: true | undefined } | undefined; readonly rpfilter?: { readonly loose?: true | undefined; readonly validmark?: true | undefined; readonly acceptLocal?: true | undefined; readonly invert?: true | undefined } | undefined; readonly rt?: { readonly rtType?: number | { readonly not: number } | undefined; readonly rtSegsleft?: number | string | { readonly not: number | string } | undefined; readonly rtLen?: number | { readonly not: number } | undefined; readonly rt0Res?: true | undefined; readonly rt0Addrs?: readonly string[] | undefined; readonly rt0NotStrict?: true | undefined } | undefined; readonly sctp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly chunkTypes?: { readonly scope: 'all' | 'any' | 'only'; readonly types: readonly string[] } | { readonly not: { readonly scope: 'all' | 'any' | 'only'; readonly types: readonly string[] } } | undefined } | undefined; readonly set?: { readonly matchSet: readonly string[] | { readonly not: readonly string[] }; readonly returnNomatch?: true | undefined; readonly updateCounters?: true | { readonly not: true } | undefined; readonly updateSubcounters?: true | { readonly not: true } | undefined; readonly packetsEq?: number | { readonly not: number } | undefined; readonly packetsLt?: number | undefined; readonly packetsGt?: number | undefined; readonly bytesEq?: number | { readonly not: number } | undefined; readonly bytesLt?: number | undefined; readonly bytesGt?: number | undefined } | undefined; readonly socket?: { readonly transparent?: true | undefined; readonly nowildcard?: true | undefined; readonly restoreSkmark?: true | undefined } | undefined; readonly srh?: { readonly srhNextHdr?: number | { readonly not: number } | undefined; readonly srhHdrLenEq?: number | { readonly not: number } | undefined; readonly srhHdrLenGt?: number | { readonly not: number } | undefined; readonly srhHdrLenLt?: number | { readonly not: number } | undefined; readonly srhSegsLeftEq?: number | { readonly not: number } | undefined; readonly srhSegsLeftGt?: number | { readonly not: number } | undefined; readonly srhSegsLeftLt?: number | { readonly not: number } | undefined; readonly srhLastEntryEq?: number | { readonly not: number } | undefined; readonly srhLastEntryGt?: number | { readonly not: number } | undefined; readonly srhLastEntryLt?: number | { readonly not: number } | undefined; readonly srhTag?: number | { readonly not: number } | undefined; readonly srhPsid?: string | { readonly not: string } | undefined; readonly srhNsid?: string | { readonly not: string } | undefined; readonly srhLsid?: string | { readonly not: string } | undefined } | undefined; readonly state?: { readonly state: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED')[] | { readonly not: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED')[] } } | undefined; readonly statistic?: { readonly mode: 'random' | 'nth'; readonly probability?: number | { readonly not: number } | undefined; readonly every?: number | { readonly not: number } | undefined; readonly packet?: number | undefined } | undefined; readonly string?: { readonly string?: string | { readonly not: string } | undefined; readonly hexString?: string | { readonly not: string } | undefined; readonly algo: 'bm' | 'kmp'; readonly from?: number | undefined; readonly to?: number | undefined; readonly icase?: true | undefined } | undefined; readonly tcp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly tcpOption?: number | { readonly not: number } | undefined; readonly tcpFlags?: { readonly mask: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[]; readonly set: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[] } | { readonly not: { readonly mask: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[]; readonly set: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[] } } | undefined } | undefined; readonly tcpmss?: { readonly mss: number | string | { readonly not: number | string } } | undefined; readonly time?: { readonly timestart?: string | undefined; readonly timestop?: string | undefined; readonly monthdays?: readonly (1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31)[] | { readonly not: readonly (1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31)[] } | undefined; readonly weekdays?: readonly ('Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun')[] | { readonly not: readonly ('Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun')[] } | undefined; readonly datestart?: string | undefined; readonly datestop?: string | undefined; readonly kerneltz?: true | undefined; readonly contiguous?: true | undefined } | undefined; readonly tos?: { readonly tos: number | string | { readonly not: number | string } } | undefined; readonly ttl?: { readonly ttlEq?: number | { readonly not: number } | undefined; readonly ttlLt?: number | undefined; readonly ttlGt?: number | undefined } | undefined; readonly u32?: { readonly u32: string | { readonly not: string } } | undefined; readonly udp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined } | undefined; readonly opaque?: { readonly name: string; readonly text: string } | undefined } | readonly ({ readonly addrtype?: { readonly srcType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] } | undefined; readonly dstType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'BROADCAST' | 'ANYCAST' | 'MULTICAST' | 'BLACKHOLE' | 'UNREACHABLE' | 'PROHIBIT' | 'THROW' | 'NAT' | 'XRESOLVE')[] } | undefined; readonly limitIfaceIn?: true | undefined; readonly limitIfaceOut?: true | undefined } | { readonly srcType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] } | undefined; readonly dstType?: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] | { readonly not: readonly ('UNSPEC' | 'UNICAST' | 'LOCAL' | 'ANYCAST' | 'MULTICAST' | 'UNREACHABLE')[] } | undefined; readonly limitIfaceIn?: true | undefined; readonly limitIfaceOut?: true | undefined } | undefined; readonly ah?: { readonly ahspi?: number | string | { readonly not: number | string } | undefined } | { readonly ahspi?: number | string | { readonly not: number | string } | undefined; readonly ahlen?: number | { readonly not: number } | undefined; readonly ahres?: true | undefined } | undefined; readonly bpf?: { readonly objectPinned?: string | undefined; readonly bytecode?: string | undefined } | undefined; readonly cgroup?: { readonly path?: string | { readonly not: string } | undefined; readonly cgroup?: number | { readonly not: number } | undefined } | undefined; readonly cluster?: { readonly localNodemask: number | { readonly not: number }; readonly totalNodes: number; readonly hashSeed: number } | undefined; readonly comment?: { readonly comment: string } | undefined; readonly connbytes?: { readonly connbytes: number | string | { readonly not: number | string }; readonly mode: 'packets' | 'bytes' | 'avgpkt'; readonly dir: 'original' | 'reply' | 'both' } | undefined; readonly connlabel?: { readonly label: number | string | { readonly not: number | string }; readonly set?: true | undefined } | undefined; readonly connlimit?: { readonly upto?: number | { readonly not: number } | undefined; readonly above?: number | { readonly not: number } | undefined; readonly mask?: number | string | undefined; readonly saddr?: true | undefined; readonly daddr?: true | undefined } | undefined; readonly connmark?: { readonly mark: number | string | { readonly not: number | string } } | undefined; readonly conntrack?: { readonly ctstate?: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT')[] | { readonly not: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT')[] } | undefined; readonly ctproto?: string | number | { readonly not: string | number } | undefined; readonly ctorigsrc?: string | { readonly not: string } | undefined; readonly ctorigdst?: string | { readonly not: string } | undefined; readonly ctreplsrc?: string | { readonly not: string } | undefined; readonly ctrepldst?: string | { readonly not: string } | undefined; readonly ctorigsrcport?: number | string | { readonly not: number | string } | undefined; readonly ctorigdstport?: number | string | { readonly not: number | string } | undefined; readonly ctreplsrcport?: number | string | { readonly not: number | string } | undefined; readonly ctrepldstport?: number | string | { readonly not: number | string } | undefined; readonly ctstatus?: readonly ('NONE' | 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED')[] | { readonly not: readonly ('NONE' | 'EXPECTED' | 'SEEN_REPLY' | 'ASSURED' | 'CONFIRMED')[] } | undefined; readonly ctexpire?: number | string | { readonly not: number | string } | undefined; readonly ctdir?: 'ORIGINAL' | 'REPLY' | undefined } | undefined; readonly cpu?: { readonly cpu: number | { readonly not: number } } | undefined; readonly dccp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly dccpTypes?: readonly ('REQUEST' | 'RESPONSE' | 'DATA' | 'ACK' | 'DATAACK' | 'CLOSEREQ' | 'CLOSE' | 'RESET' | 'SYNC' | 'SYNCACK' | 'INVALID')[] | { readonly not: readonly ('REQUEST' | 'RESPONSE' | 'DATA' | 'ACK' | 'DATAACK' | 'CLOSEREQ' | 'CLOSE' | 'RESET' | 'SYNC' | 'SYNCACK' | 'INVALID')[] } | undefined; readonly dccpOption?: number | { readonly not: number } | undefined } | undefined; readonly devgroup?: { readonly srcGroup?: number | string | 'default' | { readonly not: number | string | 'default' } | undefined; readonly dstGroup?: number | string | 'default' | { readonly not: number | string | 'default' } | undefined } | undefined; readonly dscp?: { readonly dscp: number | { readonly not: number } } | undefined; readonly dst?: { readonly dstLen?: number | { readonly not: number } | undefined; readonly dstOpts?: readonly (number | string)[] | undefined } | undefined; readonly ecn?: { readonly ecnTcpEce?: true | { readonly not: true } | undefined; readonly ecnTcpCwr?: true | { readonly not: true } | undefined; readonly ecnIpEct?: number | { readonly not: number } | undefined } | undefined; readonly esp?: { readonly espspi?: number | string | { readonly not: number | string } | undefined } | undefined; readonly eui64?: Readonly<Record<never, never>> | undefined; readonly frag?: { readonly fragid?: number | string | { readonly not: number | string } | undefined; readonly fraglen?: number | { readonly not: number } | undefined; readonly fragres?: true | undefined; readonly fragfirst?: true | undefined; readonly fragmore?: true | undefined; readonly fraglast?: true | undefined } | undefined; readonly hashlimit?: { readonly upto?: string | { readonly not: string } | undefined; readonly above?: string | { readonly not: string } | undefined; readonly burst?: number | string | undefined; readonly mode?: readonly ('srcip' | 'srcport' | 'dstip' | 'dstport')[] | undefined; readonly name: string; readonly htableSize?: number | undefined; readonly htableMax?: number | undefined; readonly htableGcinterval?: number | undefined; readonly htableExpire?: number | undefined; readonly srcmask?: number | string | undefined; readonly dstmask?: number | string | undefined; readonly rateMatch?: true | undefined; readonly rateInterval?: number | undefined } | undefined; readonly hbh?: { readonly hbhLen?: number | { readonly not: number } | undefined; readonly hbhOpts?: readonly (number | string)[] | undefined } | undefined; readonly helper?: { readonly helper: string | { readonly not: string } } | undefined; readonly hl?: { readonly hlEq?: number | { readonly not: number } | undefined; readonly hlLt?: number | undefined; readonly hlGt?: number | undefined } | undefined; readonly icmp?: { readonly icmpType: number | string | { readonly not: number | string } } | undefined; readonly icmp6?: { readonly icmpv6Type: number | string | { readonly not: number | string } } | undefined; readonly ipcomp?: { readonly ipcompspi?: number | string | { readonly not: number | string } | undefined; readonly compres?: true | undefined } | undefined; readonly iprange?: { readonly srcRange?: string | { readonly not: string } | undefined; readonly dstRange?: string | { readonly not: string } | undefined } | undefined; readonly ipv6header?: { readonly header: readonly ('hop-by-hop' | 'ipv6-opts' | 'ipv6-route' | 'ipv6-frag' | 'ah' | 'esp' | 'ipv6-nonxt' | 'protocol')[] | { readonly not: readonly ('hop-by-hop' | 'ipv6-opts' | 'ipv6-route' | 'ipv6-frag' | 'ah' | 'esp' | 'ipv6-nonxt' | 'protocol')[] }; readonly soft?: true | undefined } | undefined; readonly ipvs?: { readonly ipvs?: true | { readonly not: true } | undefined; readonly vproto?: string | number | { readonly not: string | number } | undefined; readonly vaddr?: string | { readonly not: string } | undefined; readonly vport?: number | string | { readonly not: number | string } | undefined; readonly vdir?: 'ORIGINAL' | 'REPLY' | undefined; readonly vmethod?: 'GATE' | 'IPIP' | 'MASQ' | { readonly not: 'GATE' | 'IPIP' | 'MASQ' } | undefined; readonly vportctl?: number | string | { readonly not: number | string } | undefined } | undefined; readonly length?: { readonly length: number | string | { readonly not: number | string } } | undefined; readonly limit?: { readonly limit?: string | undefined; readonly burst?: number | undefined } | undefined; readonly mac?: { readonly macSource: string | { readonly not: string } } | undefined; readonly mark?: { readonly mark: number | string | { readonly not: number | string } } | undefined; readonly mh?: { readonly mhType?: number | string | { readonly not: number | string } | undefined } | undefined; readonly multiport?: { readonly sports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined; readonly dports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined; readonly ports?: readonly (number | string)[] | { readonly not: readonly (number | string)[] } | undefined } | undefined; readonly nfacct?: { readonly nfacctName: string } | undefined; readonly osf?: { readonly genre: string | { readonly not: string }; readonly ttl?: number | undefined; readonly log?: number | undefined } | undefined; readonly owner?: { readonly socketExists?: true | { readonly not: true } | undefined; readonly uidOwner?: number | string | { readonly not: number | string } | undefined; readonly gidOwner?: number | string | { readonly not: number | string } | undefined; readonly supplGroups?: true | undefined } | undefined; readonly physdev?: { readonly physdevIsIn?: true | { readonly not: true } | undefined; readonly physdevIn?: string | { readonly not: string } | undefined; readonly physdevIsOut?: true | { readonly not: true } | undefined; readonly physdevOut?: string | { readonly not: string } | undefined; readonly physdevIsBridged?: true | { readonly not: true } | undefined } | undefined; readonly pkttype?: { readonly pktType: 'unicast' | 'broadcast' | 'multicast' | 'otherhost' | { readonly not: 'unicast' | 'broadcast' | 'multicast' | 'otherhost' } } | undefined; readonly policy?: { readonly dir: 'in' | 'out'; readonly pol?: 'none' | 'ipsec' | undefined; readonly strict?: true | undefined; readonly elements?: readonly ({ readonly reqid?: number | { readonly not: number } | undefined; readonly spi?: number | string | { readonly not: number | string } | undefined; readonly proto?: 'ah' | 'esp' | 'ipcomp' | { readonly not: 'ah' | 'esp' | 'ipcomp' } | undefined; readonly mode?: 'transport' | 'tunnel' | { readonly not: 'transport' | 'tunnel' } | undefined; readonly tunnelDst?: string | { readonly not: string } | undefined; readonly tunnelSrc?: string | { readonly not: string } | undefined })[] | undefined } | undefined; readonly quota?: { readonly quota: number | string | { readonly not: number | string } } | undefined; readonly rateest?: { readonly rateestDelta?: true | undefined; readonly rateest?: string | undefined; readonly rateest1?: string | undefined; readonly rateestBps1?: string | undefined; readonly rateestPps1?: number | undefined; readonly rateestLt?: true | { readonly not: true } | undefined; readonly rateestGt?: true | { readonly not: true } | undefined; readonly rateestEq?: true | { readonly not: true } | undefined; readonly rateestBps?: string | true | undefined; readonly rateestPps?: number | true | undefined; readonly rateestBps2?: string | undefined; readonly rateestPps2?: number | undefined; readonly rateest2?: string | undefined } | undefined; readonly realm?: { readonly realm: number | string | { readonly not: number | string } } | undefined; readonly recent?: { readonly set?: true | { readonly not: true } | undefined; readonly rcheck?: true | { readonly not: true } | undefined; readonly update?: true | { readonly not: true } | undefined; readonly remove?: true | { readonly not: true } | undefined; readonly seconds?: number | undefined; readonly reap?: true | undefined; readonly hitcount?: number | undefined; readonly rttl?: true | undefined; readonly name?: string | undefined; readonly mask?: string | undefined; readonly rsource?: true | undefined; readonly rdest?: true | undefined } | undefined; readonly rpfilter?: { readonly loose?: true | undefined; readonly validmark?: true | undefined; readonly acceptLocal?: true | undefined; readonly invert?: true | undefined } | undefined; readonly rt?: { readonly rtType?: number | { readonly not: number } | undefined; readonly rtSegsleft?: number | string | { readonly not: number | string } | undefined; readonly rtLen?: number | { readonly not: number } | undefined; readonly rt0Res?: true | undefined; readonly rt0Addrs?: readonly string[] | undefined; readonly rt0NotStrict?: true | undefined } | undefined; readonly sctp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly chunkTypes?: { readonly scope: 'all' | 'any' | 'only'; readonly types: readonly string[] } | { readonly not: { readonly scope: 'all' | 'any' | 'only'; readonly types: readonly string[] } } | undefined } | undefined; readonly set?: { readonly matchSet: readonly string[] | { readonly not: readonly string[] }; readonly returnNomatch?: true | undefined; readonly updateCounters?: true | { readonly not: true } | undefined; readonly updateSubcounters?: true | { readonly not: true } | undefined; readonly packetsEq?: number | { readonly not: number } | undefined; readonly packetsLt?: number | undefined; readonly packetsGt?: number | undefined; readonly bytesEq?: number | { readonly not: number } | undefined; readonly bytesLt?: number | undefined; readonly bytesGt?: number | undefined } | undefined; readonly socket?: { readonly transparent?: true | undefined; readonly nowildcard?: true | undefined; readonly restoreSkmark?: true | undefined } | undefined; readonly srh?: { readonly srhNextHdr?: number | { readonly not: number } | undefined; readonly srhHdrLenEq?: number | { readonly not: number } | undefined; readonly srhHdrLenGt?: number | { readonly not: number } | undefined; readonly srhHdrLenLt?: number | { readonly not: number } | undefined; readonly srhSegsLeftEq?: number | { readonly not: number } | undefined; readonly srhSegsLeftGt?: number | { readonly not: number } | undefined; readonly srhSegsLeftLt?: number | { readonly not: number } | undefined; readonly srhLastEntryEq?: number | { readonly not: number } | undefined; readonly srhLastEntryGt?: number | { readonly not: number } | undefined; readonly srhLastEntryLt?: number | { readonly not: number } | undefined; readonly srhTag?: number | { readonly not: number } | undefined; readonly srhPsid?: string | { readonly not: string } | undefined; readonly srhNsid?: string | { readonly not: string } | undefined; readonly srhLsid?: string | { readonly not: string } | undefined } | undefined; readonly state?: { readonly state: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED')[] | { readonly not: readonly ('INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED')[] } } | undefined; readonly statistic?: { readonly mode: 'random' | 'nth'; readonly probability?: number | { readonly not: number } | undefined; readonly every?: number | { readonly not: number } | undefined; readonly packet?: number | undefined } | undefined; readonly string?: { readonly string?: string | { readonly not: string } | undefined; readonly hexString?: string | { readonly not: string } | undefined; readonly algo: 'bm' | 'kmp'; readonly from?: number | undefined; readonly to?: number | undefined; readonly icase?: true | undefined } | undefined; readonly tcp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined; readonly tcpOption?: number | { readonly not: number } | undefined; readonly tcpFlags?: { readonly mask: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[]; readonly set: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[] } | { readonly not: { readonly mask: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[]; readonly set: readonly ('FIN' | 'SYN' | 'RST' | 'PSH' | 'ACK' | 'URG')[] } } | undefined } | undefined; readonly tcpmss?: { readonly mss: number | string | { readonly not: number | string } } | undefined; readonly time?: { readonly timestart?: string | undefined; readonly timestop?: string | undefined; readonly monthdays?: readonly (1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31)[] | { readonly not: readonly (1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23 | 24 | 25 | 26 | 27 | 28 | 29 | 30 | 31)[] } | undefined; readonly weekdays?: readonly ('Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun')[] | { readonly not: readonly ('Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun')[] } | undefined; readonly datestart?: string | undefined; readonly datestop?: string | undefined; readonly kerneltz?: true | undefined; readonly contiguous?: true | undefined } | undefined; readonly tos?: { readonly tos: number | string | { readonly not: number | string } } | undefined; readonly ttl?: { readonly ttlEq?: number | { readonly not: number } | undefined; readonly ttlLt?: number | undefined; readonly ttlGt?: number | undefined } | undefined; readonly u32?: { readonly u32: string | { readonly not: string } } | undefined; readonly udp?: { readonly sport?: number | string | { readonly not: number | string } | undefined; readonly dport?: number | string | { readonly not: number | string } | undefined } | undefined; readonly opaque?: { readonly name: string; readonly text: string } | undefined })[] | undefined; readonly target?: string | { readonly ACCEPT?: Readonly<Record<never, never>> | undefined; readonly AUDIT?: { readonly type: 'accept' | 'drop' | 'reject' } | undefined; readonly CHECKSUM?: { readonly checksumFill: true } | undefined; readonly CLASSIFY?: { readonly setClass: string } | undefined; readonly CLUSTERIP?: { readonly new?: true | undefined; readonly hashmode?: 'sourceip' | 'sourceip-sourceport' | 'sourceip-sourceport-destport' | undefined; readonly clustermac?: string | undefined; readonly totalNodes?: number | undefined; readonly localNode?: number | undefined; readonly hashInit?: number | undefined } | undefined; readonly CONNMARK?: { readonly setXmark?: number | string | undefined; readonly saveMark?: true | undefined; readonly restoreMark?: true | undefined; readonly nfmask?: number | string | undefined; readonly ctmask?: number | string | undefined; readonly leftShiftMark?: number | undefined; readonly rightShiftMark?: number | undefined } | undefined; readonly CONNSECMARK?: { readonly save?: true | undefined; readonly restore?: true | undefined } | undefined; readonly CT?: { readonly notrack?: true | undefined; readonly helper?: string | undefined; readonly timeout?: string | undefined; readonly ctevents?: readonly ('new' | 'related' | 'destroy' | 'reply' | 'assured' | 'protoinfo' | 'helper' | 'mark' | 'natseqinfo' | 'secmark')[] | undefined; readonly expevents?: readonly 'new'[] | undefined; readonly zone?: number | 'mark' | undefined; readonly zoneOrig?: number | 'mark' | undefined; readonly zoneReply?: number | 'mark' | undefined } | undefined; readonly DNAT?: { readonly toDestination: string; readonly random?: true | undefined; readonly persistent?: true | undefined } | undefined; readonly DNPT?: { readonly srcPfx: string; readonly dstPfx: string } | undefined; readonly DROP?: Readonly<Record<never, never>> | undefined; readonly DSCP?: { readonly setDscp: number } | undefined; readonly ECN?: { readonly ecnTcpRemove?: true | undefined; readonly ecnTcpEce?: number | undefined; readonly ecnTcpCwr?: number | undefined; readonly ecnIpEct?: number | undefined } | undefined; readonly HL?: { readonly hlSet?: number | undefined; readonly hlDec?: number | undefined; readonly hlInc?: number | undefined } | undefined; readonly HMARK?: { readonly hmarkSrcPrefix?: number | string | undefined; readonly hmarkDstPrefix?: number | string | undefined; readonly hmarkSportMask?: number | string | undefined; readonly hmarkDportMask?: number | string | undefined; readonly hmarkSpiMask?: number | string | undefined; readonly hmarkSport?: number | string | undefined; readonly hmarkDport?: number | string | undefined; readonly hmarkSpi?: number | string | undefined; readonly hmarkProtoMask?: number | string | undefined; readonly hmarkRnd: number | string; readonly hmarkMod: number; readonly hmarkOffset?: number | undefined; readonly hmarkTuple?: readonly ('src' | 'dst' | 'sport' | 'dport' | 'spi' | 'proto' | 'ct')[] | undefined } | undefined; readonly IDLETIMER?: { readonly timeout: number; readonly label: string; readonly alarm?: true | undefined } | undefined; readonly LED?: { readonly ledTriggerId: string; readonly ledDelay?: number | 'inf' | undefined; readonly ledAlwaysBlink?: true | undefined } | undefined; readonly LOG?: { readonly logPrefix?: string | undefined; readonly logLevel?: number | 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug' | undefined; readonly logTcpSequence?: true | undefined; readonly logTcpOptions?: true | undefined; readonly logIpOptions?: true | undefined; readonly logUid?: true | undefined; readonly logMacdecode?: true | undefined } | undefined; readonly MARK?: { readonly setXmark: number | string } | undefined; readonly MASQUERADE?: { readonly toPorts?: number | string | undefined; readonly random?: true | undefined; readonly randomFully?: true | undefined } | undefined; readonly NETMAP?: { readonly to: string } | undefined; readonly NFLOG?: { readonly nflogPrefix?: string | undefined; readonly nflogGroup?: number | undefined; readonly nflogRange?: number | undefined; readonly nflogSize?: number | undefined; readonly nflogThreshold?: number | undefined } | undefined; readonly NFQUEUE?: { readonly queueNum?: number | undefined; readonly queueBalance?: string | undefined; readonly queueBypass?: true | undefined; readonly queueCpuFanout?: true | undefined } | undefined; readonly NOTRACK?: Readonly<Record<never, never>> | undefined; readonly QUEUE?: Readonly<Record<never, never>> | undefined; readonly RATEEST?: { readonly rateestName: string; readonly rateestInterval: string; readonly rateestEwmalog: string } | undefined; readonly REDIRECT?: { readonly toPorts?: number | string | undefined; readonly random?: true | undefined } | undefined; readonly REJECT?: { readonly rejectWith?: 'icmp-net-unreachable' | 'icmp-host-unreachable' | 'icmp-proto-unreachable' | 'icmp-port-unreachable' | 'icmp-net-prohibited' | 'icmp-host-prohibited' | 'icmp-admin-prohibited' | 'tcp-reset' | undefined } | { readonly rejectWith?: 'icmp6-no-route' | 'icmp6-adm-prohibited' | 'icmp6-addr-unreachable' | 'icmp6-port-unreachable' | 'icmp6-policy-fail' | 'icmp6-reject-route' | 'tcp-reset' | undefined } | undefined; readonly RETURN?: Readonly<Record<never, never>> | undefined; readonly SECMARK?: { readonly selctx: string } | undefined; readonly SET?: { readonly addSet?: readonly string[] | undefined; readonly exist?: true | undefined; readonly timeout?: number | undefined; readonly delSet?: readonly string[] | undefined; readonly mapSet?: readonly string[] | undefined; readonly mapMark?: true | undefined; readonly mapPrio?: true | undefined; readonly mapQueue?: true | undefined } | undefined; readonly SNAT?: { readonly toSource: string; readonly random?: true | undefined; readonly randomFully?: true | undefined; readonly persistent?: true | undefined } | undefined; readonly SNPT?: { readonly srcPfx: string; readonly dstPfx: string } | undefined; readonly SYNPROXY?: { readonly sackPerm?: true | undefined; readonly timestamp?: true | undefined; readonly wscale?: number | undefined; readonly mss?: number | undefined; readonly ecn?: true | undefined } | undefined; readonly TCPMSS?: { readonly setMss?: number | undefined; readonly clampMssToPmtu?: true | undefined } | undefined; readonly TCPOPTSTRIP?: { readonly stripOptions?: readonly (number | 'mss' | 'wscale' | 'sack-permitted' | 'sack' | 'timestamp' | 'md5')[] | undefined } | undefined; readonly TEE?: { readonly gateway: string; readonly oif?: string | undefined } | undefined; readonly TOS?: { readonly setTos: number | string } | undefined; readonly TPROXY?: { readonly onPort: number | string; readonly onIp?: string | undefined; readonly tproxyMark?: number | string | undefined } | undefined; readonly TRACE?: Readonly<Record<never, never>> | undefined; readonly TTL?: { readonly ttlSet?: number | undefined; readonly ttlDec?: number | undefined; readonly ttlInc?: number | undefined } | undefined; readonly ULOG?: { readonly ulogPrefix?: string | undefined; readonly ulogNlgroup?: number | undefined; readonly ulogCprange?: number | undefined; readonly ulogQthreshold?: number | undefined } | undefined; readonly opaque?: { readonly name: string; readonly text: string } | undefined } | undefined; readonly goto?: string | undefined; readonly counters?: { readonly packets: number | string; readonly bytes: number | string } | undefined }

/** A set as the kernel describes it, without its entries. */
export type Set = { readonly name: string; readonly type: string; readonly revision: number; readonly options: { readonly family?: 'inet' | 'inet6' | undefined; readonly range?: string | undefined; readonly size?: number | undefined; readonly markmask?: number | undefined; readonly hashsize?: number | undefined; readonly maxelem?: number | undefined; readonly bucketsize?: number | undefined; readonly netmask?: number | undefined; readonly bitmask?: string | undefined; readonly timeout?: string | number | undefined; readonly counters?: boolean | undefined; readonly comment?: boolean | undefined; readonly skbinfo?: boolean | undefined; readonly forceadd?: boolean | undefined; readonly initval?: number | undefined }; readonly entries: number; readonly references: number; readonly memory: number; readonly owned: boolean }

/** An entry as the kernel lists it, which can be sent back as it is. */
export type SetEntry = { readonly element: string; readonly timeout?: string | number | undefined; readonly packets?: number | string | undefined; readonly bytes?: number | string | undefined; readonly comment?: string | undefined; readonly skbmark?: string | undefined; readonly skbprio?: string | undefined; readonly skbqueue?: number | undefined; readonly nomatch?: boolean | undefined; readonly wildcard?: boolean | undefined; readonly before?: string | undefined; readonly after?: string | undefined }

/** One line of a request: an entry, or its element alone. */
export type SetEntryLine = SetEntry | string

/** One line of an answer: what became of a line of the request, in its order, and at last the summary of all. */
export type SetEntryResult = { readonly line: number; readonly element?: string | undefined; readonly ok: boolean; readonly error?: { readonly code: string; readonly detail: string } | undefined } | { readonly summary: { readonly complete: boolean; readonly lines: number; readonly accepted: number; readonly refused: number; readonly error?: { readonly code: string; readonly detail: string } | undefined } }

/** A set to be made. ipset(8) says what each option means; one that the type does not have is refused. */
export type SetRequest = { readonly name: string; readonly type: 'bitmap:ip' | 'bitmap:ip,mac' | 'bitmap:port' | 'hash:ip' | 'hash:mac' | 'hash:ip,mac' | 'hash:ip,mark' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'hash:net' | 'hash:net,port' | 'hash:net,net' | 'hash:net,port,net' | 'hash:net,iface' | 'list:set'; readonly family?: 'inet' | 'inet6' | undefined; readonly range?: string | undefined; readonly size?: number | undefined; readonly markmask?: number | undefined; readonly hashsize?: number | undefined; readonly maxelem?: number | undefined; readonly bucketsize?: number | undefined; readonly netmask?: number | undefined; readonly bitmask?: string | undefined; readonly timeout?: string | number | undefined; readonly counters?: boolean | undefined; readonly comment?: boolean | undefined; readonly skbinfo?: boolean | undefined; readonly forceadd?: boolean | undefined; readonly initval?: number | undefined }

export type Status = { readonly version: string; readonly uptime: number; readonly since: string; readonly kernel: string; readonly backend: 'nft' | 'legacy'; readonly iptables?: string | undefined; readonly mixed: boolean; readonly report: string; readonly checks: readonly Check[]; readonly bans: number; readonly sets: readonly ({ readonly name: string; readonly type: string; readonly entries: number; readonly limit?: number | undefined; readonly bytes: number | string })[]; readonly drift?: { readonly changes: number; readonly drifts: number; readonly repairs: number; readonly unrepaired: readonly string[] } | undefined; readonly lastRevision?: RevisionHead | undefined; readonly probations?: readonly Probation[] | undefined; readonly storeBytes?: number | undefined; readonly certificates?: readonly { readonly name: string; readonly until: string }[] | undefined }

export type Table = { readonly name: string; readonly family: 'ipv4' | 'ipv6'; readonly chains: readonly Chain[] }

/** One line of a request: a ban to take back, or its address, network or range alone. */
export type UnbanLine = { readonly address: string; readonly scope?: string | { readonly interface: string } | { readonly ports: readonly string[] } | undefined; readonly ipv6Prefix?: number | undefined } | string

/**
 * Every operation of the daemon: what it is asked for with, and what it answers, as a whole, line by line, and to a
 * dry run.
 */
export interface Calls {
  /** Ban many addresses, networks and ranges. */
  addBans: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly results?: 'all' | 'refused' | undefined } | undefined }]
    answer: never
    line: BanResult
    rehearsed: never
  }
  /** Put an address into a list, as if a packet of it had been seen now. */
  addRecentEntry: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly body: { readonly address: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Add a rule to a chain. */
  addRule: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly rule: Rule | string; readonly position?: number | undefined } }]
    answer: { readonly rule: Rule; readonly text: string; readonly revision: number; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }
    line: never
    rehearsed: DryRun
  }
  /** Add entries to a set. */
  addSetEntries: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly grow?: 'true' | 'false' | undefined; readonly expected?: string | undefined; readonly results?: 'all' | 'refused' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined } | undefined }]
    answer: never
    line: SetEntryResult
    rehearsed: never
  }
  /** Make the kernel hold what is desired. */
  apply: {
    inputs: [input: RequestOptions & { readonly query?: { readonly language?: 'save' | 'args' | 'json' | 'xml' | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly scope?: 'named' | 'table' | undefined; readonly owner?: string | undefined; readonly expect?: string | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly owner?: string | undefined; readonly scope?: 'named' | 'table' | undefined; readonly tables?: readonly ({ readonly table?: string | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly chains: Readonly<Record<string, { readonly policy?: 'ACCEPT' | 'DROP' | undefined; readonly rules?: readonly (Readonly<Record<string, unknown>> | string)[] | undefined; readonly exact?: boolean | undefined; readonly at?: 'end' | 'head' | undefined; readonly absent?: boolean | undefined } | readonly (Readonly<Record<string, unknown>> | string)[]>> })[] | undefined; readonly sets?: Readonly<Record<string, { readonly type?: string | undefined; readonly family?: 'inet' | 'inet6' | undefined; readonly range?: string | undefined; readonly size?: number | undefined; readonly markmask?: number | undefined; readonly hashsize?: number | undefined; readonly maxelem?: number | undefined; readonly bucketsize?: number | undefined; readonly netmask?: number | undefined; readonly bitmask?: string | undefined; readonly timeout?: string | number | undefined; readonly counters?: boolean | undefined; readonly comment?: boolean | undefined; readonly skbinfo?: boolean | undefined; readonly forceadd?: boolean | undefined; readonly initval?: number | undefined; readonly entries?: readonly (Readonly<Record<string, unknown>> | string)[] | undefined; readonly absent?: boolean | undefined }>> | undefined } | string | string }]
    answer: Receipt
    line: never
    rehearsed: DryRun
  }
  /** Whether a chain holds a rule that is equal to this one. */
  checkRule: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined; readonly body: { readonly rule: Rule | string } }]
    answer: { readonly exists: boolean; readonly number?: number | undefined }
    line: never
    rehearsed: never
  }
  /** Everything that is wrong with a text of rules. */
  checkText: {
    inputs: [input: RequestOptions & { readonly body: { readonly text: string; readonly language?: 'save' | 'args' | 'json' | 'xml' | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined } }]
    answer: { readonly language: 'save' | 'args' | 'json' | 'xml'; readonly family: 'ipv4' | 'ipv6'; readonly rules: number; readonly problems: readonly ({ readonly code: string; readonly message: string; readonly line: number; readonly column: number; readonly path?: string | undefined })[] }
    line: never
    rehearsed: never
  }
  /** Keep a change that is on probation. */
  confirm: {
    inputs: [input: RequestOptions & { readonly params: { readonly id: string } }]
    answer: undefined
    line: never
    rehearsed: never
  }
  /** Translate rules between iptables-save, commands, JSON and XML. */
  convertText: {
    inputs: [input: RequestOptions & { readonly body: { readonly text: string; readonly language?: 'save' | 'args' | 'json' | 'xml' | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly to?: 'save' | 'args' | 'json' | 'xml' | undefined; readonly iptables?: string | undefined } }]
    answer: { readonly language: 'save' | 'args' | 'json' | 'xml'; readonly to: 'save' | 'args' | 'json' | 'xml'; readonly family: 'ipv4' | 'ipv6'; readonly text: string }
    line: never
    rehearsed: never
  }
  /** Make a chain. */
  createChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined; readonly body: { readonly name: string } }]
    answer: { readonly name: string }
    line: never
    rehearsed: DryRun
  }
  /** Let somebody do something. */
  createKey: {
    inputs: [input: RequestOptions & { readonly body: { readonly name: string; readonly permissions: Permissions; readonly expires?: string | number | undefined; readonly certificate?: string | undefined; readonly password?: string | undefined } }]
    answer: Key
    line: never
    rehearsed: never
  }
  /** Make a set. */
  createSet: {
    inputs: [input: RequestOptions & { readonly body: SetRequest }]
    answer: Set
    line: never
    rehearsed: DryRun
  }
  /** Take an entry away. */
  deleteAllowed: {
    inputs: [input: RequestOptions & { readonly params: { readonly address: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Take a ban back. */
  deleteBan: {
    inputs: [input: RequestOptions & { readonly params: { readonly address: string }; readonly query?: { readonly scope?: string | undefined } | undefined }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Take many bans back. */
  deleteBans: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly results?: 'all' | 'refused' | undefined } | undefined }]
    answer: never
    line: BanResult
    rehearsed: never
  }
  /** Remove a chain. */
  deleteChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Take an address out of a list. */
  deleteRecentEntry: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string; readonly address: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Delete the first rule of a chain that is equal to this one. */
  deleteRule: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly rule: Rule | string } }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Delete the rule that has this number now. */
  deleteRuleByNumber: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string; readonly number: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Destroy a set. */
  deleteSet: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Delete entries from a set. */
  deleteSetEntries: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly results?: 'all' | 'refused' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined } | undefined }]
    answer: never
    line: SetEntryResult
    rehearsed: never
  }
  /** What has changed from one revision to another. */
  diffRevisions: {
    inputs: [input: RequestOptions & { readonly params: { readonly number: string; readonly other: string } }]
    answer: RevisionDifference
    line: never
    rehearsed: never
  }
  /** Ask somebody for one-time passwords from now on. */
  enrolTotp: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: { readonly name: string; readonly uri: string }
    line: never
    rehearsed: never
  }
  /** All records that are kept, the oldest first. */
  exportAudit: {
    inputs: [input?: RequestOptions & {  }]
    answer: never
    line: { readonly number?: number | undefined; readonly time?: string | undefined; readonly kind?: string | undefined; readonly previous?: string | undefined; readonly hash?: string | undefined; readonly unreadable?: string | undefined }
    rehearsed: never
  }
  /** Take every rule out of a chain. */
  flushChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Take all addresses out of a list. */
  flushRecent: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Take all entries out of a set. */
  flushSet: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Write a dump as iptables-save would print it. */
  formatText: {
    inputs: [input: RequestOptions & { readonly body: { readonly text: string; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly iptables?: string | undefined } }]
    answer: { readonly family: 'ipv4' | 'ipv6'; readonly text: string }
    line: never
    rehearsed: never
  }
  /** The ban that holds an address. */
  getBan: {
    inputs: [input: RequestOptions & { readonly params: { readonly address: string }; readonly query?: { readonly scope?: string | undefined } | undefined }]
    answer: ListedBan
    line: never
    rehearsed: never
  }
  /** A chain with its rules. */
  getChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly cursor?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: Chain
    line: never
    rehearsed: never
  }
  /** Whether the daemon lives. */
  getHealth: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly alive: true }
    line: never
    rehearsed: never
  }
  /** What is to be seen of the daemon, for Prometheus. */
  getMetrics: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly counters?: string | undefined } | undefined }]
    answer: string
    line: never
    rehearsed: never
  }
  /** What a code means. */
  getProblem: {
    inputs: [input: RequestOptions & { readonly params: { readonly code: string } }]
    answer: { readonly code: string; readonly status: number; readonly meaning: string }
    line: never
    rehearsed: never
  }
  /** Whether the daemon keeps what it promises. */
  getReadiness: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly checks: readonly Check[] }
    line: never
    rehearsed: never
  }
  /** The addresses of a list, and when they were seen. */
  getRecent: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly cursor?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: { readonly name: string; readonly limit?: number | undefined; readonly entries: readonly ({ readonly address: string; readonly family: 'ipv4' | 'ipv6'; readonly ttl: number; readonly lastSeen: string; readonly seen: readonly string[] })[]; readonly next?: string | undefined }
    line: never
    rehearsed: never
  }
  /** A change with its operations. */
  getRevision: {
    inputs: [input: RequestOptions & { readonly params: { readonly number: string } }]
    answer: Revision
    line: never
    rehearsed: never
  }
  /** One set, without its entries. */
  getSet: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: Set
    line: never
    rehearsed: never
  }
  /** What the daemon is, what it found on this host, and what somebody should look after. */
  getStatus: {
    inputs: [input?: RequestOptions & {  }]
    answer: Status
    line: never
    rehearsed: never
  }
  /** Everything that nothing may ban, what this host needs itself included. */
  listAllowed: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly cursor?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: { readonly entries: readonly AllowedNetwork[]; readonly next?: string | undefined }
    line: never
    rehearsed: never
  }
  /** Who has changed what, and who was refused, the newest first. */
  listAudit: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly before?: string | undefined; readonly after?: string | undefined; readonly since?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: { readonly records: readonly ({ readonly number?: number | undefined; readonly time?: string | undefined; readonly kind?: string | undefined; readonly previous?: string | undefined; readonly hash?: string | undefined; readonly unreadable?: string | undefined })[]; readonly head: { readonly number: number; readonly hash: string }; readonly next?: number | undefined }
    line: never
    rehearsed: never
  }
  /** The bans that the kernel holds, a page or a stream. */
  listBans: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly cursor?: string | undefined; readonly limit?: string | undefined; readonly contains?: string | undefined; readonly within?: string | undefined; readonly reason?: string | undefined; readonly who?: string | undefined; readonly scope?: string | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined }]
    answer: { readonly bans: readonly ListedBan[]; readonly next?: string | undefined }
    line: ListedBan
    rehearsed: never
  }
  /** Everybody who may do something, those that were revoked too. */
  listKeys: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly keys: readonly Key[] }
    line: never
    rehearsed: never
  }
  /** What is to be seen of the daemon, as JSON. */
  listMetrics: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly counters?: string | undefined } | undefined }]
    answer: { readonly metrics: readonly Metric[] }
    line: never
    rehearsed: never
  }
  /** The changes that are on probation, whoever has made them. */
  listProbations: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly probations: readonly Probation[] }
    line: never
    rehearsed: never
  }
  /** Every code that a refusal can carry. */
  listProblems: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly problems: readonly { readonly code: string; readonly status: number; readonly meaning: string }[] }
    line: never
    rehearsed: never
  }
  /** The names of the lists that rules with the match recent keep. */
  listRecent: {
    inputs: [input?: RequestOptions & {  }]
    answer: { readonly lists: readonly string[]; readonly limit?: number | undefined }
    line: never
    rehearsed: never
  }
  /** The changes that were made, the newest first. */
  listRevisions: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly before?: string | undefined; readonly after?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: { readonly revisions: readonly RevisionHead[]; readonly latest: number; readonly oldest: number }
    line: never
    rehearsed: never
  }
  /** The entries of a set, a page or a stream. */
  listSetEntries: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly cursor?: string | undefined; readonly limit?: string | undefined; readonly contains?: string | undefined; readonly within?: string | undefined; readonly comment?: string | undefined } | undefined }]
    answer: { readonly entries: readonly SetEntry[]; readonly next?: string | undefined }
    line: SetEntry
    rehearsed: never
  }
  /** All sets, without their entries. */
  listSets: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly cursor?: string | undefined; readonly limit?: string | undefined } | undefined }]
    answer: { readonly sets: readonly Set[]; readonly next?: string | undefined }
    line: never
    rehearsed: never
  }
  /** The tables that exist, with their chains and rules. */
  listTables: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined }]
    answer: { readonly tables: readonly Table[] }
    line: never
    rehearsed: never
  }
  /** What would have to change for the kernel to hold what is desired. */
  plan: {
    inputs: [input: RequestOptions & { readonly query?: { readonly language?: 'save' | 'args' | 'json' | 'xml' | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly scope?: 'named' | 'table' | undefined; readonly owner?: string | undefined } | undefined; readonly body: { readonly owner?: string | undefined; readonly scope?: 'named' | 'table' | undefined; readonly tables?: readonly ({ readonly table?: string | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly chains: Readonly<Record<string, { readonly policy?: 'ACCEPT' | 'DROP' | undefined; readonly rules?: readonly (Readonly<Record<string, unknown>> | string)[] | undefined; readonly exact?: boolean | undefined; readonly at?: 'end' | 'head' | undefined; readonly absent?: boolean | undefined } | readonly (Readonly<Record<string, unknown>> | string)[]>> })[] | undefined; readonly sets?: Readonly<Record<string, { readonly type?: string | undefined; readonly family?: 'inet' | 'inet6' | undefined; readonly range?: string | undefined; readonly size?: number | undefined; readonly markmask?: number | undefined; readonly hashsize?: number | undefined; readonly maxelem?: number | undefined; readonly bucketsize?: number | undefined; readonly netmask?: number | undefined; readonly bitmask?: string | undefined; readonly timeout?: string | number | undefined; readonly counters?: boolean | undefined; readonly comment?: boolean | undefined; readonly skbinfo?: boolean | undefined; readonly forceadd?: boolean | undefined; readonly initval?: number | undefined; readonly entries?: readonly (Readonly<Record<string, unknown>> | string)[] | undefined; readonly absent?: boolean | undefined }>> | undefined } | string | string }]
    answer: Plan
    line: never
    rehearsed: never
  }
  /** Allow an address, a network or a range. */
  putAllowed: {
    inputs: [input: RequestOptions & { readonly params: { readonly address: string }; readonly body?: { readonly reason?: string | undefined } | null | undefined }]
    answer: { readonly entries: readonly AllowedNetwork[] }
    line: never
    rehearsed: DryRun
  }
  /** Ban an address, a network or a range. */
  putBan: {
    inputs: [input: RequestOptions & { readonly params: { readonly address: string }; readonly query?: { readonly confirmWithin?: string | undefined } | undefined; readonly body?: BanRequest | undefined }]
    answer: Ban
    line: never
    rehearsed: DryRun
  }
  /** Ask somebody for one-time passwords no more. */
  removeTotp: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: undefined
    line: never
    rehearsed: never
  }
  /** Give a chain another name. */
  renameChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined; readonly body: { readonly name: string } }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Give a set another name. */
  renameSet: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly body: { readonly name: string } }]
    answer: Set
    line: never
    rehearsed: DryRun
  }
  /** Put a rule in the place of the one that has this number now. */
  replaceRule: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string; readonly number: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly rule: Rule | string } }]
    answer: { readonly rule: Rule; readonly text: string; readonly revision?: number | undefined; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }
    line: never
    rehearsed: DryRun
  }
  /** Make a set hold exactly these entries. */
  replaceSetEntries: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly grow?: 'true' | 'false' | undefined; readonly expected?: string | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: { readonly added: number; readonly kept: number; readonly removed: number; readonly revision?: number | undefined; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }
    line: never
    rehearsed: DryRun
  }
  /** Do what a text for ipset restore says, line by line. */
  restoreSets: {
    inputs: [input: RequestOptions & { readonly body: string }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
  /** Take a change back that is on probation. */
  revert: {
    inputs: [input: RequestOptions & { readonly params: { readonly id: string } }]
    answer: { readonly id: string; readonly left: readonly string[] }
    line: never
    rehearsed: never
  }
  /** Take a key back, from the next request on. */
  revokeKey: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string } }]
    answer: undefined
    line: never
    rehearsed: never
  }
  /** Make what was changed since a revision as it was then. */
  rollback: {
    inputs: [input: RequestOptions & { readonly params: { readonly number: string }; readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined }]
    answer: RolledBack
    line: never
    rehearsed: DryRun
  }
  /** Do what a program of iptables, or ipset, would do with some arguments. */
  runProgram: {
    inputs: [input: RequestOptions & { readonly params: { readonly program: 'iptables' | 'ip6tables' | 'iptables-save' | 'ip6tables-save' | 'iptables-restore' | 'ip6tables-restore' | 'ipset' }; readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined } | undefined; readonly body: { readonly arguments: readonly string[]; readonly input?: string | undefined } }]
    answer: { readonly code: number; readonly stdout: string; readonly stderr: string; readonly revision?: number | undefined }
    line: never
    rehearsed: DryRun
  }
  /** Do what a script of programs of iptables, and ipset, would do. */
  runPrograms: {
    inputs: [input: RequestOptions & { readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined } | undefined; readonly body: { readonly calls: readonly ({ readonly program: 'iptables' | 'ip6tables' | 'iptables-save' | 'ip6tables-save' | 'iptables-restore' | 'ip6tables-restore' | 'ipset'; readonly arguments: readonly string[]; readonly input?: string | undefined })[]; readonly keepGoing?: boolean | undefined } }]
    answer: { readonly runs: readonly { readonly code: number; readonly stdout: string; readonly stderr: string }[]; readonly revision?: number | undefined }
    line: never
    rehearsed: DryRun
  }
  /** All sets, or one, as ipset save prints them. */
  saveSets: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly set?: string | undefined } | undefined }]
    answer: string
    line: never
    rehearsed: never
  }
  /** Say what becomes of a packet that no rule of one of the kernel's chains decides. */
  setPolicy: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined; readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly policy: 'ACCEPT' | 'DROP' } }]
    answer: { readonly revision?: number | undefined; readonly probation: { readonly id: string; readonly deadline: string } } | undefined
    line: never
    rehearsed: DryRun
  }
  /** Exchange the content of two sets in one step. */
  swapSets: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined } | undefined; readonly body: { readonly name: string } }]
    answer: Set
    line: never
    rehearsed: DryRun
  }
  /** Whether a packet with this address would match. */
  testSet: {
    inputs: [input: RequestOptions & { readonly params: { readonly name: string }; readonly query: { readonly element: string } }]
    answer: { readonly matches: boolean }
    line: never
    rehearsed: never
  }
  /** Change chains, rules and sets together: all of it or nothing. */
  transact: {
    inputs: [input: RequestOptions & { readonly query?: { readonly force?: 'true' | 'false' | undefined; readonly sender?: string | undefined; readonly local?: string | undefined; readonly port?: string | undefined; readonly confirmWithin?: string | undefined } | undefined; readonly body: { readonly changes: readonly ({ readonly do: 'createChain' | 'flushChain' | 'removeChain' | 'appendRule' | 'insertRule' | 'deleteRule' | 'replaceRule' | 'createSet' | 'destroySet' | 'flushSet' | 'addEntry' | 'deleteEntry'; readonly table?: string | undefined; readonly family?: 'ipv4' | 'ipv6' | undefined; readonly chain?: string | undefined; readonly rule?: Readonly<Record<string, unknown>> | string | undefined; readonly number?: number | undefined; readonly set?: string | undefined; readonly options?: { readonly type: string } | undefined; readonly entry?: Readonly<Record<string, unknown>> | string | undefined })[] } }]
    answer: { readonly changes: number; readonly revision?: number | undefined; readonly probation?: { readonly id: string; readonly deadline: string } | undefined }
    line: never
    rehearsed: DryRun
  }
  /** Whether a record was changed, removed, moved, inserted or cut off. */
  verifyAudit: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly head?: string | undefined } | undefined }]
    answer: { readonly holds: boolean; readonly records: number; readonly findings: readonly ({ readonly kind: 'changed' | 'removed' | 'reordered' | 'inserted' | 'cut-off' | 'unnoted' | 'head-not-found'; readonly from: number; readonly to: number; readonly detail: string })[]; readonly head?: { readonly number: number; readonly hash: string } | undefined; readonly oldest?: number | undefined }
    line: never
    rehearsed: never
  }
  /** Whether what a revision has made is so now. */
  verifyRevision: {
    inputs: [input: RequestOptions & { readonly params: { readonly number: string } }]
    answer: { readonly holds: boolean; readonly differences: readonly string[]; readonly unchecked: readonly string[] }
    line: never
    rehearsed: never
  }
  /** What happens, as it happens. */
  watch: {
    inputs: [input?: RequestOptions & { readonly query?: { readonly after?: string | undefined } | undefined }]
    answer: string
    line: never
    rehearsed: never
  }
  /** Set what a chain and its rules have counted to 0. */
  zeroChain: {
    inputs: [input: RequestOptions & { readonly params: { readonly table: string; readonly chain: string }; readonly query?: { readonly family?: 'ipv4' | 'ipv6' | undefined } | undefined }]
    answer: undefined
    line: never
    rehearsed: DryRun
  }
}

/** How each operation is called. */
export const operations = {
  addBans: ['POST', '/v1/bans'],
  addRecentEntry: ['POST', '/v1/recent/{name}/entries'],
  addRule: ['POST', '/v1/tables/{table}/chains/{chain}/rules'],
  addSetEntries: ['POST', '/v1/sets/{name}/entries'],
  apply: ['POST', '/v1/apply'],
  checkRule: ['POST', '/v1/tables/{table}/chains/{chain}/rules/check'],
  checkText: ['POST', '/v1/texts/check'],
  confirm: ['POST', '/v1/probations/{id}/confirm'],
  convertText: ['POST', '/v1/texts/convert'],
  createChain: ['POST', '/v1/tables/{table}/chains'],
  createKey: ['POST', '/v1/keys'],
  createSet: ['POST', '/v1/sets'],
  deleteAllowed: ['DELETE', '/v1/allowlist/{address}'],
  deleteBan: ['DELETE', '/v1/bans/{address}'],
  deleteBans: ['DELETE', '/v1/bans'],
  deleteChain: ['DELETE', '/v1/tables/{table}/chains/{chain}'],
  deleteRecentEntry: ['DELETE', '/v1/recent/{name}/entries/{address}'],
  deleteRule: ['DELETE', '/v1/tables/{table}/chains/{chain}/rules'],
  deleteRuleByNumber: ['DELETE', '/v1/tables/{table}/chains/{chain}/rules/{number}'],
  deleteSet: ['DELETE', '/v1/sets/{name}'],
  deleteSetEntries: ['DELETE', '/v1/sets/{name}/entries'],
  diffRevisions: ['GET', '/v1/revisions/{number}/diff/{other}'],
  enrolTotp: ['POST', '/v1/keys/{name}/totp'],
  exportAudit: ['GET', '/v1/audit/export'],
  flushChain: ['POST', '/v1/tables/{table}/chains/{chain}/flush'],
  flushRecent: ['POST', '/v1/recent/{name}/flush'],
  flushSet: ['POST', '/v1/sets/{name}/flush'],
  formatText: ['POST', '/v1/texts/format'],
  getBan: ['GET', '/v1/bans/{address}'],
  getChain: ['GET', '/v1/tables/{table}/chains/{chain}'],
  getHealth: ['GET', '/v1/health'],
  getMetrics: ['GET', '/metrics'],
  getProblem: ['GET', '/v1/problems/{code}'],
  getReadiness: ['GET', '/v1/ready'],
  getRecent: ['GET', '/v1/recent/{name}'],
  getRevision: ['GET', '/v1/revisions/{number}'],
  getSet: ['GET', '/v1/sets/{name}'],
  getStatus: ['GET', '/v1/status'],
  listAllowed: ['GET', '/v1/allowlist'],
  listAudit: ['GET', '/v1/audit'],
  listBans: ['GET', '/v1/bans'],
  listKeys: ['GET', '/v1/keys'],
  listMetrics: ['GET', '/v1/metrics'],
  listProbations: ['GET', '/v1/probations'],
  listProblems: ['GET', '/v1/problems'],
  listRecent: ['GET', '/v1/recent'],
  listRevisions: ['GET', '/v1/revisions'],
  listSetEntries: ['GET', '/v1/sets/{name}/entries'],
  listSets: ['GET', '/v1/sets'],
  listTables: ['GET', '/v1/tables'],
  plan: ['POST', '/v1/plan'],
  putAllowed: ['PUT', '/v1/allowlist/{address}'],
  putBan: ['PUT', '/v1/bans/{address}'],
  removeTotp: ['DELETE', '/v1/keys/{name}/totp'],
  renameChain: ['POST', '/v1/tables/{table}/chains/{chain}/rename'],
  renameSet: ['POST', '/v1/sets/{name}/rename'],
  replaceRule: ['PUT', '/v1/tables/{table}/chains/{chain}/rules/{number}'],
  replaceSetEntries: ['PUT', '/v1/sets/{name}/entries'],
  restoreSets: ['POST', '/v1/ipset'],
  revert: ['POST', '/v1/probations/{id}/revert'],
  revokeKey: ['DELETE', '/v1/keys/{name}'],
  rollback: ['POST', '/v1/revisions/{number}/rollback'],
  runProgram: ['POST', '/v1/programs/{program}'],
  runPrograms: ['POST', '/v1/programs'],
  saveSets: ['GET', '/v1/ipset'],
  setPolicy: ['PUT', '/v1/tables/{table}/chains/{chain}/policy'],
  swapSets: ['POST', '/v1/sets/{name}/swap'],
  testSet: ['GET', '/v1/sets/{name}/test'],
  transact: ['POST', '/v1/transactions'],
  verifyAudit: ['GET', '/v1/audit/verify'],
  verifyRevision: ['GET', '/v1/revisions/{number}/verify'],
  watch: ['GET', '/v1/events'],
  zeroChain: ['POST', '/v1/tables/{table}/chains/{chain}/zero'],
} as const satisfies Readonly<Record<keyof Calls, readonly [method: string, path: string]>>
