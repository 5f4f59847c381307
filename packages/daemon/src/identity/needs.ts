import type { Family } from '@chainmail/kernel'
import type { NetworkBlock } from 'chainmail'

/** A chain that a request changes. */
export interface NeededChain {
  readonly family: Family
  readonly table: string
  /** `*` for every chain of the table. */
  readonly chain: string
}

/** A ban that a request asks for. */
export interface NeededBan {
  readonly kind: 'ban'
  /** As the caller has written it, for the refusal. */
  readonly address: string
  readonly blocks: readonly Pick<NetworkBlock, 'family' | 'prefix'>[]
  /** In one word each. */
  readonly scopes: readonly string[]
  /** undefined for ever. */
  readonly seconds: number | undefined
  /** It takes the place of a ban that would last longer, and so takes a part of that back. */
  readonly shortens: boolean
}

/** A ban that a request takes back. */
export interface NeededUnban {
  readonly kind: 'unban'
  readonly address: string
  readonly blocks: readonly Pick<NetworkBlock, 'family' | 'prefix'>[]
  /** undefined for every one that there is. */
  readonly scopes: readonly string[] | undefined
}

/** Any entry of a set: what is known before the lines of a request are. */
export interface NeededEntries {
  readonly kind: 'entries'
  readonly set: string
  readonly does: 'add' | 'delete'
}

/** An entry that a request adds to a set, or deletes from it. */
export interface NeededEntry {
  readonly kind: 'entry'
  readonly set: string
  readonly does: 'add' | 'delete'
  readonly element: string
  /** The networks that the element names; undefined where it is not certain that they are all of it. */
  readonly blocks: readonly Pick<NetworkBlock, 'family' | 'prefix'>[] | undefined
  /** undefined where the set decides, 0 for ever. */
  readonly seconds: number | undefined
  /** It makes an exception, so that less is held than before. */
  readonly exempts: boolean
}

export interface NeededEdit {
  readonly kind: 'edit'
  readonly chains: readonly NeededChain[]
  readonly sets: readonly string[]
}

/** What a request needs that its caller may do. */
export type Need =
  /** Answered to whoever asks: it tells nothing of this host. */
  | { readonly kind: 'nothing' }
  /** Whatever the caller may do, as long as it is known who that is. */
  | { readonly kind: 'anyone' }
  | { readonly kind: 'read' }
  | NeededBan
  | NeededUnban
  | NeededEntries
  | NeededEntry
  | NeededEdit
  /** `of`: what needs it, for the refusal. `reads`: it changes nothing. */
  | { readonly kind: 'everything'; readonly of: string; readonly reads?: true }

export type NeedKind = Need['kind']
