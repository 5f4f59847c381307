import { isSingle, type NetworkBlock, widened } from '../network.ts'
import { networkBlocks } from '../network-span.ts'
import { AggregatedList, type CoverChange } from './aggregated-list.ts'

/**
 * Asks a hash:net as `ipset test` does: of a network, whether exactly this one is an entry; of an address, whether any
 * entry covers it.
 */
export type SetQuestion = (element: string) => Promise<boolean>

/** A merged network of at most so many addresses is looked through: some 500 questions, of microseconds each. */
const mostBits = 8

/**
 * What taking one address out of an {@link AggregatedList} changes in its cover, found by some dozen questions about the
 * two sets that hold the list and the cover: a list of a million need not be read for it. Undefined where questions
 * do not tell: of a network, and of an address that has been merged with too many others. Whether the address is in the
 * list at all shows only when it is deleted there, unless nothing covers it.
 *
 * @throws AddressError or ChainmailError `bad-address`
 */
export async function coverWithout(
  address: string,
  isOriginal: SetQuestion,
  isCover: SetQuestion,
): Promise<CoverChange | undefined> {
  const [block, ...more] = networkBlocks(address)
  if (block === undefined || more.length > 0 || !isSingle(block)) return undefined
  if ((await around(block, isOriginal)) !== undefined || !(await isOriginal(block.address))) return none
  const cover = await around(block, isCover)
  if (cover === undefined) return (await isCover(block.address)) ? { add: [], delete: [block.address] } : none
  if (block.prefix - cover.prefix > mostBits) return undefined
  const list = new AggregatedList()
  await collect(cover, isOriginal, list)
  const change = list.delete(block.address)
  return change.delete.length === 1 && change.delete[0] === cover.address ? change : undefined
}

/**
 * What adding one address to an {@link AggregatedList} changes in its cover, found by some dozen questions about the set
 * that holds the cover. Undefined for a network: what lies within it does not show by questions.
 *
 * @throws AddressError or ChainmailError `bad-address`
 */
export async function coverWith(address: string, isCover: SetQuestion): Promise<CoverChange | undefined> {
  const [block, ...more] = networkBlocks(address)
  if (block === undefined || more.length > 0 || !isSingle(block)) return undefined
  if (await isCover(block.address)) return none
  const merged: string[] = []
  let whole = block
  // No set of networks holds one of prefix 0.
  while (whole.prefix > 1) {
    const other = otherHalf(whole)
    if (!(await isCover(other.address))) break
    merged.push(other.address)
    whole = widened(whole, whole.prefix - 1)
  }
  return { add: [whole.address], delete: merged }
}

/** The network with which this one fills a network that is one bit wider. */
function otherHalf({ family, bytes, prefix }: NetworkBlock): NetworkBlock {
  const other = Uint8Array.from(bytes)
  const at = (prefix - 1) >> 3
  other[at] = (other[at] ?? 0) ^ (0x80 >> ((prefix - 1) & 7))
  return widened({ family, bytes: other }, prefix)
}

const none: CoverChange = { add: [], delete: [] }

/** The narrowest network around an address that is an entry by itself. */
async function around(block: NetworkBlock, isEntry: SetQuestion): Promise<NetworkBlock | undefined> {
  for (let prefix = block.prefix - 1; prefix > 0; prefix--) {
    const wider = widened(block, prefix)
    if (await isEntry(wider.address)) return wider
  }
  return undefined
}

/** Puts the entries within a network into a list, without those that others cover. */
async function collect(block: NetworkBlock, isEntry: SetQuestion, list: AggregatedList): Promise<void> {
  if (await isEntry(block.address)) {
    list.insert(block.address)
    return
  }
  if (isSingle(block)) return
  const prefix = block.prefix + 1
  const upper = Uint8Array.from(block.bytes)
  const at = block.prefix >> 3
  upper[at] = (upper[at] ?? 0) | (0x80 >> (block.prefix & 7))
  await collect(widened(block, prefix), isEntry, list)
  await collect(widened({ family: block.family, bytes: upper }, prefix), isEntry, list)
}
