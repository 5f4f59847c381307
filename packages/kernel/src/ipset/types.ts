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
  createOptions: Readonly<Partial<Record<CreateOptionName, number>>>
  entryOptions: Readonly<Partial<Record<EntryOptionName, number>>>
}

const addressFamilies = ['inet', 'inet6'] as const

export const setTypes: Readonly<Record<string, SetTypeDefinition>> = {
  'hash:ip': {
    families: addressFamilies,
    revision: 6,
    element: ['address'],
    createOptions: {
      hashsize: 0,
      maxelem: 0,
      netmask: 0,
      timeout: 0,
      counters: 1,
      comment: 2,
      forceadd: 3,
      skbinfo: 4,
      bucketsize: 5,
      initval: 5,
      bitmask: 6,
    },
    entryOptions: { timeout: 0, packets: 1, bytes: 1, comment: 2, skbmark: 4, skbprio: 4, skbqueue: 4 },
  },
  'hash:net': {
    families: addressFamilies,
    revision: 7,
    element: ['address'],
    createOptions: {
      hashsize: 0,
      maxelem: 0,
      timeout: 0,
      counters: 3,
      comment: 4,
      forceadd: 5,
      skbinfo: 6,
      bucketsize: 7,
      initval: 7,
    },
    entryOptions: {
      timeout: 0,
      nomatch: 2,
      packets: 3,
      bytes: 3,
      comment: 4,
      skbmark: 6,
      skbprio: 6,
      skbqueue: 6,
    },
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
