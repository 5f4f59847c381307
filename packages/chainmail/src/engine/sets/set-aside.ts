/**
 * Sets that live for a moment: content that is prepared beside a set and then swapped in.
 *
 * Their names say which process made them, in which PID namespace: `chainmail-aside-c-3nv-1`. What a process that has
 * ended left behind is found by that, and nothing else is touched.
 */
import { readlinkSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type CreateOptions, type Ipset, KernelError } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { OWNED_PREFIX } from '../ownership.ts'

const ASIDE_PREFIX = `${OWNED_PREFIX}aside-`
const asidePattern = new RegExp(`^${ASIDE_PREFIX}([0-9a-z]+)-([0-9a-z]+)-[0-9a-z]+$`)

/** linux/proc_ns.h: the first namespaces have numbers from 0xEFFFFFF0 on. */
const FIRST_NAMESPACE = 0xefff_fff0

/** Milliseconds that somebody who lists a set may take; until then it can be neither swapped nor destroyed. */
const LISTING_TIME = 5_000

/** A name for a set that lives for a moment, that no set has now. */
export function asideName(ipset: Ipset): string {
  const taken = new Set(ipset.names())
  const own = `${ASIDE_PREFIX}${pidNamespace()}-${process.pid.toString(36)}-`
  for (let number = 1; ; number++) {
    const name = own + number.toString(36)
    if (!taken.has(name)) return name
  }
}

/**
 * Makes a set that lives for a moment, and returns its name.
 * @throws KernelError `kernel-out-of-memory` and what else a create is refused for
 */
export async function createAside(ipset: Ipset, type: string, options: CreateOptions): Promise<string> {
  for (;;) {
    const name = asideName(ipset)
    try {
      await ipset.createInThread(name, type, options)
      return name
    } catch (error) {
      // Somebody else in this process has chosen the same name meanwhile.
      if (!(error instanceof KernelError && error.code === 'set-exists')) throw error
    }
  }
}

/** Destroys the sets that processes which have ended left aside. */
export function sweepAside(ipset: Ipset): void {
  for (const name of ipset.names()) {
    const [, namespace, pid = ''] = asidePattern.exec(name) ?? []
    if (namespace === undefined || namespace !== pidNamespace() || isAlive(Number.parseInt(pid, 36))) continue
    try {
      ipset.destroy(name)
    } catch (error) {
      // Somebody lists it, or sweeps as well; the next process comes past.
      if (!isBusy(error) && !isMissing(error)) throw error
    }
  }
}

/**
 * Puts the content of a set aside in the place of a set's own. Returns false while somebody lists one of them.
 * @throws ChainmailError `set-not-found`, `set-type-mismatch`: somebody else has destroyed or changed the set
 */
export function swapIn(ipset: Ipset, set: string, aside: string): boolean {
  try {
    ipset.swap(set, aside)
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw changedMeanwhile(set, error)
  }
}

/**
 * As {@link swapIn}, as soon as nobody lists the sets.
 * @throws ChainmailError `set-in-use` after five seconds
 */
export async function swapSoon(ipset: Ipset, set: string, aside: string): Promise<void> {
  if (!(await until(() => swapIn(ipset, set, aside)))) throw listedTooLong(set)
}

/** What is said when a set could not be swapped for five seconds. */
export function listedTooLong(set: string): ChainmailError {
  return new ChainmailError(
    'set-in-use',
    `Somebody has listed the set ${set} for so long that it could not be changed; it is as it was. Try again.`,
  )
}

/**
 * Destroys a set aside as soon as nobody lists it; after five seconds it is left to the next sweep. It is emptied first,
 * in a thread: the kernel frees what a destroyed set held in an interrupt, 50 ms for a million entries, in which that
 * processor does nothing else.
 */
export async function discard(ipset: Ipset, aside: string): Promise<void> {
  try {
    await ipset.flushInThread(aside)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await until(() => {
    try {
      ipset.destroy(aside)
    } catch (error) {
      if (isBusy(error)) return false
      if (!isMissing(error)) throw error
    }
    return true
  })
}

/** Tries again until it has worked or five seconds have passed; says which. */
export async function until(attempt: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + LISTING_TIME
  for (;;) {
    if (await attempt()) return true
    if (performance.now() > deadline) return false
    await setTimeout(2)
  }
}

/** What is said when a set is gone, or another, although nobody in this process has changed it. */
export function changedMeanwhile(set: string, error: unknown): unknown {
  if (!(error instanceof KernelError)) return error
  if (error.code === 'set-not-found')
    return new ChainmailError(
      'set-not-found',
      `Somebody else has destroyed the set ${set} while it was being changed. Create it again.`,
      { cause: error },
    )
  if (error.code === 'set-type-mismatch')
    return new ChainmailError(
      'set-type-mismatch',
      `Somebody else has put a set of another type or family in the place of ${set} while it was being changed; that one is as it was.`,
      { cause: error },
    )
  return error
}

function isBusy(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'set-in-use'
}

function isMissing(error: unknown): boolean {
  return error instanceof KernelError && error.code === 'set-not-found'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** Numbers that differ between the PID namespaces of a host, short enough for the name of a set. */
function pidNamespace(): string {
  const [inode = '0'] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? []
  return (Math.max(0, Number(inode) - FIRST_NAMESPACE) >>> 0).toString(36)
}
