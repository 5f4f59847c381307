/**
 * The lists of `-m recent`: files below /proc/net/xt_recent, one for each name that a rule uses.
 *
 * All calls are synchronous: the lists are those of the calling thread's network namespace, and file system calls of
 * Node that are not synchronous run on other threads. A list of a thousand addresses is read in about a millisecond.
 *
 * Source: iptables-extensions(8), `recent`; behaviour of Linux 6.18.
 */
import { closeSync, constants, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { addressBits, formatAddress, parseAddress } from '../address.ts'
import { EACCES, ENOENT, EPERM } from '../errno.ts'
import { InputError, KernelError, quote } from '../errors.ts'
import { hasOctets, octetsFromText, textFromOctets } from '../xtables/octets.ts'
import { type RecentEntry, readEntry } from './entry.ts'
import { now, ticksPerSecond } from './jiffies.ts'

/** /proc/net is that of the process's first thread. */
const FOLDER = '/proc/thread-self/net/xt_recent'
const LIMIT = '/sys/module/xt_recent/parameters/ip_list_tot'

/** xt_recent.h: XT_RECENT_NAME_LEN counts the closing NUL. */
const longestName = 199

export class RecentLists {
  readonly #hertz = ticksPerSecond()

  /** The names of all lists; none exists before a rule names it. What is no UTF-8 in one is kept as lone surrogates. */
  names(): string[] {
    try {
      return readdirSync(FOLDER, { encoding: 'buffer' }).map(textFromOctets).toSorted()
    } catch (error) {
      if (errnoOf(error) === ENOENT) return []
      throw this.#explain(error, 'recent list')
    }
  }

  /**
   * The addresses of a list, those of both families, in no order.
   * @throws KernelError `recent-not-found`, `no-recent-support`; InputError `bad-recent-name`
   */
  entries(name: string): RecentEntry[] {
    const path = pathOf(name)
    const operation = `recent list ${name}`
    const lines = this.#attempt(operation, name, () => readFileSync(path, 'latin1')).split('\n')
    const moment = now()
    return lines.filter((line) => line !== '').map((line) => readEntry(line, this.#hertz, moment))
  }

  /**
   * Puts an address in as if a packet of it had been seen now. A list that holds as many addresses as it can forgets
   * the one that was not seen for the longest time; see {@link limit}.
   * @throws KernelError `recent-not-found`, `no-recent-support`, `not-permitted`
   * @throws InputError `bad-address`, `bad-recent-name`
   */
  add(name: string, address: string): void {
    this.#write(name, `+${singleAddress(address)}`)
  }

  /**
   * Takes an address out.
   * @throws KernelError `entry-not-found`, and what {@link add} throws
   */
  delete(name: string, address: string): void {
    const text = singleAddress(address)
    // The kernel says nothing about an address that is not there.
    if (!this.has(name, text))
      throw new KernelError('entry-not-found', `The recent list ${quote(name)} does not hold ${text}.`, {
        operation: `recent del ${name}`,
      })
    this.#write(name, `-${text}`)
  }

  /** Whether a list holds an address. Throws what {@link add} throws, but `not-permitted`. */
  has(name: string, address: string): boolean {
    const text = singleAddress(address)
    return this.entries(name).some((entry) => entry.address === text)
  }

  /** Takes all addresses out. Throws what {@link add} throws. */
  flush(name: string): void {
    this.#write(name, '/')
  }

  /**
   * How many addresses a list can hold: the module's parameter ip_list_tot, 100 unless it was loaded with another.
   * Undefined where the module or /sys is not there, and
   * for users who may not read it: it is for the machine's own root.
   */
  limit(): number | undefined {
    try {
      return Number(readFileSync(LIMIT, 'latin1'))
    } catch {
      return undefined
    }
  }

  /** The kernel takes one word for each opening of the file. */
  #write(name: string, word: string): void {
    const path = pathOf(name)
    this.#attempt(`recent ${word} ${name}`, name, () => {
      const file = openSync(path, constants.O_WRONLY)
      try {
        writeSync(file, word)
      } finally {
        closeSync(file)
      }
    })
  }

  #attempt<Result>(operation: string, name: string, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw this.#explain(error, operation, name)
    }
  }

  #explain(error: unknown, operation: string, name = ''): unknown {
    const errno = errnoOf(error)
    if (errno === undefined) return error
    const details = { operation, errno, cause: error }
    if (errno === ENOENT) return missing(name, isThere(), details)
    if (errno === EACCES || errno === EPERM)
      return new KernelError(
        'not-permitted',
        `The recent list ${quote(name)} may not be changed by this user: its file belongs to the machine's own root, or to whom the parameters ip_list_uid, ip_list_gid and ip_list_perms of xt_recent say.`,
        details,
      )
    return new KernelError('kernel-refused', `The kernel refuses ${quote(operation)}.`, details)
  }
}

/** Refuses what is not the address of one host, and gives the kernel's own text for it. */
function singleAddress(text: string): string {
  const address = parseAddress(text)
  if (address.prefix === addressBits(address.family)) return formatAddress(address)
  throw new InputError(
    'bad-address',
    `${quote(text)} is a network, and a recent list holds single addresses. Write one without a prefix.`,
  )
}

/** @throws InputError `bad-recent-name` */
function pathOf(name: string): Buffer {
  const octets = octetsFromText(name)
  const isName =
    name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && octets.length <= longestName
  if (isName && hasOctets(name)) return Buffer.concat([Buffer.from(`${FOLDER}/`), octets])
  throw new InputError(
    'bad-recent-name',
    `${quote(name)} is not the name of a recent list: 1 to ${longestName} bytes without a slash, and neither "." nor "..".`,
  )
}

function isThere(): boolean {
  try {
    readdirSync(FOLDER)
    return true
  } catch {
    return false
  }
}

function missing(
  name: string,
  supported: boolean,
  details: { operation: string; errno: number },
): KernelError {
  return supported
    ? new KernelError(
        'recent-not-found',
        `There is no recent list ${quote(name)}. A list exists while a rule with -m recent --name refers to it.`,
        details,
      )
    : new KernelError(
        'no-recent-support',
        'The kernel shows no recent lists. Its module xt_recent is loaded by the first rule with -m recent.',
        details,
      )
}

function errnoOf(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? Math.abs(error.errno)
    : undefined
}
