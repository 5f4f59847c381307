import type { CreateOptions, SetDescription } from '@chainmail/kernel'

/** The largest maxelem that the kernel takes. */
const MOST_ENTRIES = 0xffff_ffff

/**
 * How far a set grows by itself. One line of text, such as `10.0.0.0/7` for a hash:ip, may stand for many millions of
 * entries, and the kernel's memory for them can't be swapped out.
 */
export const MOST_GROWN = 2 ** 23

/** Buckets of the kernel's default, and the most that are asked for: their table takes 128 MiB. */
const DEFAULT_HASHSIZE = 1024
const MOST_BUCKETS = 2 ** 24

/** Below it the kernel makes a hash larger in less than a millisecond, so nothing is sized beforehand. */
export const SMALL = 4_096

/** Entries of a bucket before it is full, where a set was not created otherwise; linux/netfilter/ipset/ip_set_hash_gen.h. */
const BUCKET_SIZE = 12

/** Entries up to which the kernel makes a hash anew in less than 10 ms. */
const QUICKLY_REMADE = 16_384

type Sized = Pick<SetDescription, 'type' | 'options'>

export function isHash({ type }: Pick<SetDescription, 'type'>): boolean {
  return type.startsWith('hash:')
}

/** How many entries a set has room for, or undefined where that is not a number that could be larger. */
export function roomOf({ type, options }: Sized): number | undefined {
  return type === 'list:set' ? options.size : isHash({ type }) ? options.maxelem : undefined
}

/** The options of a set, with at least as much room as said. The room never shrinks. */
export function withRoom(set: Sized, entries: number): CreateOptions {
  const room = Math.min(MOST_ENTRIES, Math.max(entries, roomOf(set) ?? 0))
  if (set.type === 'list:set') return { ...set.options, size: room }
  return isHash(set) ? { ...set.options, maxelem: room } : set.options
}

/** Twice the room, or as often twice as it takes for so many entries; undefined when it cannot be more by itself. */
export function doubleRoom(set: Sized, entries = 0): number | undefined {
  const room = roomOf(set)
  if (room === undefined || room >= MOST_GROWN) return undefined
  const times = Math.ceil(Math.log2(Math.max(2, entries / Math.max(1, room))))
  return Math.min(MOST_GROWN, room * 2 ** times)
}

/** A bucket for each entry: the kernel does not have to make the hash anew while it is filled. */
export function bucketsFor(entries: number): number {
  const wanted = Math.max(1, Math.min(entries, MOST_BUCKETS))
  return 2 ** Math.ceil(Math.log2(wanted))
}

/**
 * How many entries a set holds before the kernel soon has to make its hash anew: it does so when one bucket is full,
 * which comes at 2.6 to 4 entries a bucket of 12 on average, the sooner the more buckets there are.
 */
export function entriesBeforeRehash({ options: { hashsize, bucketsize = BUCKET_SIZE } }: Sized): number {
  if (hashsize === undefined) return Infinity
  return Math.max(QUICKLY_REMADE, (hashsize * bucketsize) / 8)
}

/** The options of a set with twice the buckets; undefined when it has as many as are ever asked for. */
export function widened({ options }: Sized): CreateOptions | undefined {
  const { hashsize } = options
  return hashsize === undefined || hashsize >= MOST_BUCKETS
    ? undefined
    : { ...options, hashsize: 2 * hashsize }
}

/** The options with a hash that is made for so many entries, and at least as large as said. */
export function withBuckets(options: CreateOptions, entries: number, least: number): CreateOptions {
  return options.hashsize === undefined
    ? options
    : { ...options, hashsize: Math.max(bucketsFor(entries), least) }
}

/**
 * The options of a set for content of which so many entries are expected: with room for them if it may grow, and a hash
 * that is made for them; that may become smaller than it was, down to the default's size.
 */
export function optionsFor(set: Sized, entries: number, grow: boolean): CreateOptions {
  const { initval: _, ...options } = grow ? withRoom(set, entries) : set.options
  const held = Math.min(entries, roomOf({ type: set.type, options }) ?? entries)
  return withBuckets(options, held, Math.min(options.hashsize ?? 0, DEFAULT_HASHSIZE))
}
