/** What the kernel's errno means for an ipset command, in a sentence and as a KernelError. */
import { EBUSY, EEXIST, ENOENT, ENOMEM, EPERM, errnoName, errnoSentence } from '../errno.ts'
import { KernelError, type KernelErrorCode, quote } from '../errors.ts'
import type { Refusal } from '../netlink/refusal.ts'
import type { Command, SetFamily } from './messages.ts'

/** What was asked, as far as a sentence about its failure needs it. */
export interface Request {
  command: Command
  name?: string | undefined
  /** The other set of a swap, the new name of a rename. */
  name2?: string | undefined
  type?: string | undefined
  /** The set's family. */
  family?: SetFamily | undefined
  element?: string | undefined
  /** The item of a bulk request that failed, counted from 0. */
  line?: number | undefined
}

/** ip_set.h: the message is not what the command or the set type takes. */
export const IPSET_ERR_PROTOCOL = 4097
/** ip_set.h: the second name of a swap is missing, or that of a rename is taken. */
export const IPSET_ERR_EXIST_SETNAME2 = 4101
/** ip_set.h: the entry is there already, or it is missing. */
export const IPSET_ERR_EXIST = 4103
/** ip_set.h: a rule, a list or a running listing refers to the set, which therefore keeps its name. */
export const IPSET_ERR_REFERENCED = 4108

type Sentence = readonly [code: KernelErrorCode, sentence: string]

type Explanation = Sentence | ((request: Request) => Sentence)

const refusedOption: Sentence = ['set-option-refused', 'the kernel refuses the combination of create options']

/** ip_set.h, enum ipset_errno, and the errnos of net/netfilter/ipset/ip_set_core.c. */
const explanations: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [EPERM, ['not-permitted', 'the process lacks CAP_NET_ADMIN in its network namespace; run it as root']],
  [ENOENT, ({ name }) => ['set-not-found', `there is no set ${quoted(name)}; create it first`]],
  [ENOMEM, ['kernel-out-of-memory', 'the kernel has no memory left for it']],
  [
    EEXIST,
    ({ name }) => [
      'set-exists',
      `a set ${quoted(name)} exists already; choose another name, or destroy it first`,
    ],
  ],
  [EBUSY, ['set-in-use', 'the set is being listed at the moment; try again when that is done']],
  [IPSET_ERR_PROTOCOL, protocolError],
  [
    4098,
    ({ type }) => [
      'set-type-unsupported',
      `this kernel does not support the set type ${type} for the family; load or build its module, or use a newer kernel`,
    ],
  ],
  [4099, ['set-limit-reached', 'the kernel holds as many sets as it can; destroy some']],
  [4100, ['set-in-use', 'a rule, another set or a running listing refers to the set; remove that first']],
  [IPSET_ERR_EXIST_SETNAME2, secondSet],
  [
    4102,
    ['set-type-mismatch', 'the two sets are not of the same type and family; only equal sets can be swapped'],
  ],
  [IPSET_ERR_EXIST, entryState],
  [
    4104,
    ({ command }) =>
      command === 'create'
        ? refusedOption
        : [
            'entry-refused',
            'the prefix length is not valid for the set; hash sets take 1 to 32, or 1 to 128 for IPv6',
          ],
  ],
  [4105, ['set-option-refused', 'the netmask is not valid for the family']],
  [4106, ['set-family-mismatch', 'the family does not fit the set type']],
  [
    4107,
    [
      'set-option-missing',
      'the set was created without timeout; create it with timeout 0 to give single entries one',
    ],
  ],
  [
    IPSET_ERR_REFERENCED,
    ['set-in-use', 'a rule or another set refers to the set, so it keeps its name; remove that first'],
  ],
  [4109, ['set-family-mismatch', 'the set holds IPv4 addresses, and this is not one']],
  [4110, ['set-family-mismatch', 'the set holds IPv6 addresses, and this is not one']],
  [
    4111,
    ['set-option-missing', 'the set was created without counters, so an entry has no packets and bytes'],
  ],
  [4112, ['set-option-missing', 'the set was created without comment, so an entry can have none']],
  [4113, ['set-option-refused', 'the markmask is not valid']],
  [
    4114,
    [
      'set-option-missing',
      'the set was created without skbinfo, so an entry has no skbmark, skbprio and skbqueue',
    ],
  ],
  [4115, ['set-option-refused', 'netmask and bitmask exclude each other']],
])

/** Errors from 4352 on mean something else for each family of types: ip_set_hash.h, ip_set_bitmap.h, ip_set_list.h. */
const hashExplanations: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [
    4352,
    [
      'set-full',
      'the set holds as many entries as its maxelem allows; a larger set has to be created and swapped in',
    ],
  ],
  [4353, ['entry-refused', 'the entry is all zeros, which the set type can not hold']],
  [4354, ['entry-refused', 'the protocol of the entry is not valid']],
  [4355, ['entry-refused', 'the set type needs a protocol with the port']],
  [4356, ['entry-refused', 'the kernel takes no ranges and networks for this set; add single addresses']],
  [4357, ['entry-refused', 'the range is not valid']],
])

const bitmapExplanations: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [
    4352,
    ({ command }) =>
      command === 'create'
        ? ['set-option-refused', 'the range is not valid']
        : ['entry-refused', "the entry lies outside the set's range"],
  ],
  [4353, ['set-option-refused', 'the range is larger than 65536 entries, the most that a bitmap can have']],
])

const listExplanations: ReadonlyMap<number, Explanation> = new Map<number, Explanation>([
  [4352, ['entry-refused', 'the set that should become a member does not exist']],
  [4353, ['entry-refused', 'a list:set can not be a member of another']],
  [4354, ['entry-refused', 'before and after need a member to refer to']],
  [4355, ['entry-refused', 'the set that before or after refers to does not exist']],
  [4356, ['set-full', 'the list holds as many sets as its size allows']],
  [4357, ['entry-refused', 'the set that before or after refers to is not a member of the list']],
])

/** The error for a request that the kernel refused. */
export function explain(request: Request, refusal: Refusal): KernelError {
  const { errno, extendedAck, offset } = refusal
  const operation = describe(request)
  const explanation = explanations.get(errno) ?? typeExplanations(request.type)?.get(errno)
  const [code, sentence] =
    explanation === undefined
      ? (['kernel-refused', `the kernel says ${errnoName(errno)}, ${errnoSentence(errno)}`] as const)
      : typeof explanation === 'function'
        ? explanation(request)
        : explanation
  const words = extendedAck === undefined ? '' : ` (the kernel: ${extendedAck})`
  return new KernelError(code, `${operation}: ${sentence}${words}.`, {
    operation,
    errno,
    extendedAck,
    offset,
    line: request.line,
  })
}

/** `ipset add blocked 192.0.2.1`, as a person would type it. */
export function describe({ command, name, name2, type, element }: Request): string {
  const words: string[] = ['ipset', command]
  for (const word of [name, name2, command === 'create' || command === 'type' ? type : undefined, element])
    if (word !== undefined) words.push(plain(word))
  return words.join(' ')
}

/** A word of a caller, as it is when it is harmless and short, else quoted. */
function plain(word: string): string {
  return /^[\x21-\x7e]{1,60}$/u.test(word) ? word : quote(word)
}

function quoted(name: string | undefined): string {
  return quote(name ?? '')
}

function typeExplanations(type: string | undefined): ReadonlyMap<number, Explanation> | undefined {
  if (type?.startsWith('hash:')) return hashExplanations
  if (type?.startsWith('bitmap:')) return bitmapExplanations
  return type?.startsWith('list:') ? listExplanations : undefined
}

function protocolError(request: Request): Sentence {
  const { command, family } = request
  if (command === 'create') return refusedOption
  if (command !== 'add' && command !== 'del' && command !== 'test')
    return ['kernel-refused', 'the kernel does not understand the message']
  if (hasOtherFamily(request))
    return [
      'set-family-mismatch',
      `the set holds ${family === 'inet' ? 'IPv4' : 'IPv6'} addresses, and this is not one`,
    ]
  return ['entry-refused', 'the entry, or its options, are not what the set type takes']
}

/** Whether the first part of an element is an address of another family than the set's. */
export function hasOtherFamily({ type = '', element = '', family }: Request): boolean {
  if (!/^(?:hash|bitmap):(?:ip|net)/u.test(type)) return false
  const end = element.indexOf(',')
  const isIpv6 = (end === -1 ? element : element.slice(0, end)).includes(':')
  return family === (isIpv6 ? 'inet' : 'inet6')
}

/** IPSET_ERR_EXIST_SETNAME2 is what a swap lacks, and what a rename runs into. */
function secondSet({ command, name2 }: Request): Sentence {
  if (command === 'swap') return ['set-not-found', `there is no set ${quoted(name2)}; create it first`]
  return ['set-exists', `a set ${quoted(name2)} exists already; choose another name, or destroy it first`]
}

/** IPSET_ERR_EXIST is an entry that is there already, or one that is missing. */
function entryState({ command }: Request): Sentence {
  if (command === 'add') return ['entry-exists', 'the set already holds the entry']
  return ['entry-not-found', 'the set does not hold the entry']
}
