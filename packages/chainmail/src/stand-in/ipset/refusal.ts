import { getSystemErrorMessage } from 'node:util'
import { InputError, KernelError } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { Outcome } from '../outcome.ts'
import { VERSION } from './words.ts'

export interface RefusalOptions {
  /** 2 for wrong arguments, which come with an advice; 1 for everything else. */
  readonly code?: 1 | 2
  /** How a refusal of several lines is told of a line that is restored. */
  readonly restored?: 'by its last line' | 'without its line'
}

/** What ipset tells before it ends. */
export class IpsetRefusal extends Error {
  override readonly name = 'IpsetRefusal'
  readonly code: 1 | 2
  readonly #restored: RefusalOptions['restored']

  constructor(words: string, { code = 1, restored }: RefusalOptions = {}) {
    super(words)
    this.code = code
    this.#restored = restored
  }

  /** @param line of what is restored, counted from 1; wrong arguments are told without it */
  outcome(line?: number): Outcome {
    const advice = this.code === 2 ? "Try `ipset help' for more information.\n" : ''
    return { code: this.code, stdout: '', stderr: `ipset v${VERSION}: ${this.#said(line)}\n${advice}` }
  }

  #said(line: number | undefined): string {
    if (line === undefined || this.code === 2 || this.#restored === 'without its line') return this.message
    const words = this.#restored === undefined ? this.message : this.message.replace(/^.*\n/s, '')
    return `Error in line ${line}: ${words}`
  }
}

export function wrongArguments(words: string): IpsetRefusal {
  return new IpsetRefusal(words, { code: 2 })
}

export function syntaxError(words: string): IpsetRefusal {
  return new IpsetRefusal(`Syntax error: ${words}`)
}

/** What the kernel has refused, or what cannot be sent to it, as ipset tells it; undefined for any other error. */
export function refusalOf(error: unknown, command: string, type = ''): IpsetRefusal | undefined {
  if (error instanceof IpsetRefusal) return error
  if (error instanceof ChainmailError && error.cause !== undefined)
    return refusalOf(error.cause, command, type)
  if (error instanceof InputError) return syntaxError(error.message)
  if (!(error instanceof KernelError)) return undefined
  const { errno } = error
  if (errno === undefined) return new IpsetRefusal(error.message)
  const words = wordsFor(errno, command, type)
  return new IpsetRefusal(words ?? `Kernel error received: ${systemWords(errno)}`)
}

/** As strerror(3) has it, with a capital. */
function systemWords(errno: number): string {
  const words = getSystemErrorMessage(-errno)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function wordsFor(errno: number, command: string, type: string): string | undefined {
  const method = type.slice(0, type.indexOf(':'))
  return (
    commandWords.get(`${command} ${errno}`) ?? kernelWords.get(errno) ?? methodWords.get(method)?.get(errno)
  )
}

/** ip_set.h, enum ipset_errno: what depends on the command. */
const commandWords: ReadonlyMap<string, string> = new Map([
  ['create 17', 'Set cannot be created: set with the same name already exists'],
  ['rename 4101', 'Set cannot be renamed: a set with the new name already exists'],
  ['swap 4101', 'Sets cannot be swapped: the second set does not exist'],
  ['add 4103', "Element cannot be added to the set: it's already added"],
  ['del 4103', "Element cannot be deleted from the set: it's not added"],
])

const kernelWords: ReadonlyMap<number, string> = new Map([
  [2, 'The set with the given name does not exist'],
  [34, 'The specified range is too large, split it up into smaller ranges'],
  [4097, 'Kernel error received: ipset protocol error'],
  [4098, 'Kernel error received: set type not supported'],
  [4099, 'Kernel error received: maximal number of sets reached, cannot create more.'],
  [4100, 'Set cannot be destroyed: it is in use by a kernel component'],
  [4102, 'The sets cannot be swapped: their type does not match'],
  [4104, 'The value of the CIDR parameter of the IP address is invalid'],
  [4105, 'The value of the netmask parameter is invalid'],
  [4106, 'Protocol family not supported by the set type'],
  [4107, 'Timeout cannot be used: set was created without timeout support'],
  [4108, 'Set cannot be renamed: it is in use by another system'],
  [4109, 'An IPv4 address is expected, but not received'],
  [4110, 'An IPv6 address is expected, but not received'],
  [4111, 'Packet/byte counters cannot be used: set was created without counter support'],
  [4112, 'Comment cannot be used: set was created without comment support'],
  [4113, 'The value of the markmask parameter is invalid'],
  [4114, 'Skbinfo mapping cannot be used: set was created without skbinfo support'],
  [4115, 'netmask and bitmask options are mutually exclusive, provide only one'],
])

const bitmapWords: ReadonlyMap<number, string> = new Map([
  [4352, 'Element is out of the range of the set'],
  [4353, 'The range you specified exceeds the size limit of the set type'],
])

/** ip_set_hash.h, ip_set_bitmap.h, ip_set_list.h: errors from 4352 on are each method's own. */
const methodWords: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  [
    'hash',
    new Map([
      [4352, 'Hash is full, cannot add more elements'],
      [4353, 'Null-valued element, cannot be stored in a hash type of set'],
      [4354, 'Invalid protocol specified'],
      [4355, 'Protocol missing, but must be specified'],
      [4356, 'Range is not supported in the "net" component of the element'],
      [4357, 'Invalid range, covers the whole address space'],
    ]),
  ],
  ['bitmap', bitmapWords],
  [
    'list',
    new Map([
      [4352, 'Set to be added/deleted/tested as element does not exist.'],
      [4353, 'Sets with list:set type cannot be added to the set.'],
      [4354, 'No reference set specified.'],
      [4355, "The set to which you referred with 'before' or 'after' does not exist."],
      [4356, 'The set is full, more elements cannot be added.'],
      [4357, "The set to which you referred with 'before' or 'after' is not added to the set."],
    ]),
  ],
])
