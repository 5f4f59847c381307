import type { EntryRequest } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { NetworkBlock } from '../../network.ts'
import type { AllowedBlock, AllowSnapshot } from './allow-snapshot.ts'
import { type BanExemptions, elementOf } from './ban-exemptions.ts'
import { type BanTarget, canonical, type Wish } from './ban-wish.ts'

/** What becomes of a ban when allowed networks are left out of it. */
export interface CarvedTarget {
  /** What can be banned of it. */
  readonly blocks: readonly NetworkBlock[]
  /** The entries for the allowed networks inside; they have to be there before those that ban. */
  readonly exempt: readonly EntryRequest[]
  /** Why it cannot be banned as a whole. */
  readonly refusal?: ChainmailError
}

export interface CarvedBan extends CarvedTarget {
  /** All entries for it, in their order. */
  readonly entries: readonly EntryRequest[]
}

const nothing: readonly EntryRequest[] = []

/** Leaves what is allowed out of a wish. */
export function carve(wish: Wish, allowed: AllowSnapshot, exemptions: BanExemptions): CarvedBan {
  const carved = carveTarget(wish, allowed, exemptions)
  return { ...carved, entries: [...carved.exempt, ...entriesOf(carved.blocks, wish)] }
}

/** The same, without the entries of the ban itself. */
export function carveTarget(
  { text, blocks, scope }: Pick<BanTarget, 'text' | 'blocks' | 'scope'>,
  allowed: AllowSnapshot,
  exemptions: BanExemptions,
): CarvedTarget {
  if (!blocks.some((block) => allowed.overlaps(block))) return { blocks, exempt: nothing }
  const left: NetworkBlock[] = []
  const exempt: EntryRequest[] = []
  let refusal: ChainmailError | undefined
  for (const block of blocks) {
    const [first] = allowed.overlapping(block)
    const covering = allowed.covering(block)
    if (first !== undefined) refusal ??= refusalFor(text, covering ?? first, covering !== undefined)
    if (covering !== undefined) continue
    left.push(block)
    for (const tail of scope.tails) exempt.push(...exemptions.forAllowed(block, tail))
  }
  return { blocks: left, exempt, ...(refusal === undefined ? {} : { refusal }) }
}

function entriesOf(blocks: readonly NetworkBlock[], { scope, carried }: Wish): EntryRequest[] {
  return blocks.flatMap((block) => scope.tails.map((tail) => ({ ...elementOf(block, tail), ...carried })))
}

function refusalFor(
  text: string,
  { address, reason, origin }: AllowedBlock,
  covered: boolean,
): ChainmailError {
  const why = reason === undefined ? '' : ` (${reason})`
  const by = origin === 'default' ? ', by default' : ''
  const relation =
    canonical(text) === address
      ? 'is'
      : covered
        ? `lies in ${address}, which is`
        : `holds ${address}, which is`
  const remedy = covered ? '' : ' With exceptAllowed (--except-allowed) the rest of it is banned.'
  return new ChainmailError(
    'address-allowed',
    `${canonical(text)} ${relation} allowed${by}${why}, so it is not banned.${remedy}`,
    { path: 'address' },
  )
}
