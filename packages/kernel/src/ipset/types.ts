/**
 * The set types: one table entry each. Everything that depends on a set's type is read from here, so a further type
 * is a further entry, and a codec in `elements.ts` if it has a new kind of element part.
 *
 * Revisions are the kernel's: `net/netfilter/ipset/ip_set_*.c`, IPSET_TYPE_REV_MIN to IPSET_TYPE_REV_MAX, as
 * `ipset help` lists them. A number behind an option is the first revision that has it.
 */
import { KernelError, quote } from '../errors.ts'
import type { CreateOptionName } from './create-options.ts'
import type { ElementPart } from './elements.ts'
import type { EntryOptionName } from './entry-options.ts'
import type { SetFamily } from './messages.ts'

export interface SetTypeDefinition {
  /** The families that a set of the type can have; the first is the default. */
  families: readonly [SetFamily, ...SetFamily[]]
  /** The highest revision that this library knows. */
  revision: number
  /** The parts of an element, in the order of the type's name. */
  element: readonly [ElementPart, ...ElementPart[]]
  /** In the order in which `ipset save` prints them. */
  createOptions: Readonly<Partial<Record<CreateOptionName, number>>>
  entryOptions: Readonly<Partial<Record<EntryOptionName, number>>>
}

const addressFamilies = ['inet', 'inet6'] as const

/** The first revisions of a type that have what all types have in the end. */
interface Extensions {
  counters: number
  comment: number
  skbinfo: number
}

/** What all hash types have in the end. */
interface HashExtensions extends Extensions {
  forceadd: number
  /** bucketsize and initval. */
  buckets: number
}

function extensionOptions({ counters, comment, skbinfo }: Extensions): SetTypeDefinition['createOptions'] {
  return { timeout: 0, counters, comment, skbinfo }
}

/** `own` stands between the size of the hash and the extensions, as ipset(8) prints it. */
function hashOptions(
  since: HashExtensions,
  own: SetTypeDefinition['createOptions'] = {},
): SetTypeDefinition['createOptions'] {
  const { forceadd, buckets } = since
  return {
    hashsize: 0,
    maxelem: 0,
    ...own,
    ...extensionOptions(since),
    forceadd,
    bucketsize: buckets,
    initval: buckets,
  }
}

function entryOptions({ counters, comment, skbinfo }: Extensions): SetTypeDefinition['entryOptions'] {
  return {
    timeout: 0,
    packets: counters,
    bytes: counters,
    comment,
    skbmark: skbinfo,
    skbprio: skbinfo,
    skbqueue: skbinfo,
  }
}

const bitmapSince: Extensions = { counters: 1, comment: 2, skbinfo: 3 }
const hashIpSince: HashExtensions = { counters: 1, comment: 2, forceadd: 3, skbinfo: 4, buckets: 5 }
const hashNetSince: HashExtensions = { counters: 3, comment: 4, forceadd: 5, skbinfo: 6, buckets: 7 }
const hashInterfaceSince: HashExtensions = { counters: 3, comment: 4, forceadd: 5, skbinfo: 6, buckets: 8 }
const hashPortSince: HashExtensions = { counters: 2, comment: 3, forceadd: 4, skbinfo: 5, buckets: 6 }
const hashPortNetSince: HashExtensions = { counters: 4, comment: 5, forceadd: 6, skbinfo: 7, buckets: 8 }
/** Of the types that came after counters and comments. */
const hashNetNetSince: HashExtensions = { counters: 0, comment: 0, forceadd: 1, skbinfo: 2, buckets: 3 }
const hashMacSince: HashExtensions = { counters: 0, comment: 0, forceadd: 0, skbinfo: 0, buckets: 1 }

export const setTypes: Readonly<Record<string, SetTypeDefinition>> = {
  'bitmap:ip': {
    families: ['inet'],
    revision: 3,
    element: ['address'],
    createOptions: { range: 0, netmask: 0, ...extensionOptions(bitmapSince) },
    entryOptions: entryOptions(bitmapSince),
  },
  'bitmap:ip,mac': {
    families: ['inet'],
    revision: 3,
    element: ['singleAddress', 'optionalEthernet'],
    createOptions: { range: 0, ...extensionOptions(bitmapSince) },
    entryOptions: entryOptions(bitmapSince),
  },
  'bitmap:port': {
    families: ['unspec'],
    revision: 3,
    element: ['barePort'],
    createOptions: { range: 0, ...extensionOptions(bitmapSince) },
    entryOptions: entryOptions(bitmapSince),
  },
  'hash:ip': {
    families: addressFamilies,
    revision: 6,
    element: ['address'],
    createOptions: hashOptions(hashIpSince, { netmask: 0, bitmask: 6 }),
    entryOptions: entryOptions(hashIpSince),
  },
  'hash:mac': {
    families: ['unspec'],
    revision: 1,
    element: ['ethernet'],
    createOptions: hashOptions(hashMacSince),
    entryOptions: entryOptions(hashMacSince),
  },
  'hash:ip,mac': {
    families: addressFamilies,
    revision: 1,
    element: ['singleAddress', 'ethernet'],
    createOptions: hashOptions(hashMacSince),
    entryOptions: entryOptions(hashMacSince),
  },
  'hash:ip,mark': {
    families: addressFamilies,
    revision: 3,
    element: ['address', 'mark'],
    createOptions: { markmask: 0, ...hashOptions(hashNetNetSince) },
    entryOptions: entryOptions(hashNetNetSince),
  },
  'hash:ip,port': {
    families: addressFamilies,
    revision: 7,
    element: ['address', 'port'],
    createOptions: { ...hashOptions(hashPortSince), netmask: 7, bitmask: 7 },
    entryOptions: entryOptions(hashPortSince),
  },
  'hash:ip,port,ip': {
    families: addressFamilies,
    revision: 6,
    element: ['address', 'port', 'secondSingleAddress'],
    createOptions: hashOptions(hashPortSince),
    entryOptions: entryOptions(hashPortSince),
  },
  'hash:ip,port,net': {
    families: addressFamilies,
    revision: 8,
    element: ['address', 'port', 'secondAddress'],
    createOptions: hashOptions(hashPortNetSince),
    entryOptions: { ...entryOptions(hashPortNetSince), nomatch: 3 },
  },
  'hash:net': {
    families: addressFamilies,
    revision: 7,
    element: ['address'],
    createOptions: hashOptions(hashNetSince),
    entryOptions: { ...entryOptions(hashNetSince), nomatch: 2 },
  },
  'hash:net,port': {
    families: addressFamilies,
    revision: 8,
    element: ['address', 'port'],
    createOptions: hashOptions(hashPortNetSince),
    entryOptions: { ...entryOptions(hashPortNetSince), nomatch: 3 },
  },
  'hash:net,net': {
    families: addressFamilies,
    revision: 4,
    element: ['address', 'secondAddress'],
    createOptions: { ...hashOptions(hashNetNetSince), netmask: 4, bitmask: 4 },
    entryOptions: { ...entryOptions(hashNetNetSince), nomatch: 0 },
  },
  'hash:net,port,net': {
    families: addressFamilies,
    revision: 3,
    element: ['address', 'port', 'secondAddress'],
    createOptions: hashOptions(hashNetNetSince),
    entryOptions: { ...entryOptions(hashNetNetSince), nomatch: 0 },
  },
  'hash:net,iface': {
    families: addressFamilies,
    revision: 8,
    element: ['address', 'interface'],
    createOptions: hashOptions(hashInterfaceSince),
    entryOptions: { ...entryOptions(hashInterfaceSince), nomatch: 1, wildcard: 7 },
  },
  'list:set': {
    families: ['unspec'],
    revision: 3,
    element: ['member'],
    createOptions: { size: 0, ...extensionOptions(bitmapSince) },
    entryOptions: { ...entryOptions(bitmapSince), before: 0, after: 0 },
  },
}

/** @throws KernelError `set-type-unsupported` for a type that this library does not know */
export function setType(name: string): SetTypeDefinition {
  const type = Object.hasOwn(setTypes, name) ? setTypes[name] : undefined
  if (type !== undefined) return type
  throw new KernelError(
    'set-type-unsupported',
    `This library does not know the set type ${quote(name)}. It knows ${Object.keys(setTypes).join(', ')}.`,
    { operation: `ipset type ${name}` },
  )
}
