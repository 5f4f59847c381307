/** What the kernel tells about a set. */
import { type CreateOptions, readCreateOptions } from './create-options.ts'
import { familyFromNumber, type SetFamily } from './messages.ts'
import type { SetValues } from './protocol.ts'

/** What a set is: enough to know how its entries are written. */
export interface SetHeader {
  name: string
  /** ipset(8)'s name of the type: `hash:ip`. */
  type: string
  revision: number
  family: SetFamily
}

/** A set as the kernel lists it, without its entries. */
export interface SetDescription extends SetHeader {
  /** What the set was created with, the defaults that the kernel chose included. */
  options: CreateOptions
  /** Size in the kernel's memory, in bytes. */
  memory: number
  /** How many rules and sets refer to the set. */
  references: number
  /** How many entries the set holds; those that have expired may still be counted. */
  entries: number
}

export function readHeader(values: SetValues): SetHeader {
  return {
    name: values.setname ?? '',
    type: values.typename ?? '',
    revision: values.revision ?? 0,
    family: familyFromNumber(values.family),
  }
}

/** A set's description, or undefined for the later messages about a set that needs more than one. */
export function readDescription(values: SetValues): SetDescription | undefined {
  const { data } = values
  if (data === undefined || values.typename === undefined) return undefined
  const header = readHeader(values)
  return {
    ...header,
    options: readCreateOptions(header.type, header.family, data),
    memory: data.memsize ?? 0,
    references: data.references ?? 0,
    entries: data.elements ?? 0,
  }
}
