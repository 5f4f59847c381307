import type { DescribedMatches, DescribedTargets } from './described.generated.ts'
import type { Negatable } from './extension.ts'
import type { AnyText } from './kind.ts'
import type { ProtocolInput } from './kinds/protocol.ts'
import type { matches } from './matches/index.ts'
import type { targets } from './targets/index.ts'

/** The name of a match that the model knows. */
export type MatchName = (typeof matches)[number]['name']
/** The name of a target that the model knows. */
export type TargetName = (typeof targets)[number]['name']

/** An extension that the model does not know, kept word for word behind its name. */
export interface Opaque {
  readonly name: string
  /** Its options as iptables-save prints them. */
  readonly text: string
}

/** Matches in their order, each name once. */
export type Matches = DescribedMatches<'stored'> & { readonly opaque?: Opaque }
export type MatchesInput = DescribedMatches<'input'> & { readonly opaque?: Opaque }

/** A target with options, by its name; an object with exactly one member. */
export type TargetOptions = DescribedTargets<'stored'> & { readonly opaque?: Opaque }
export type TargetOptionsInput = DescribedTargets<'input'> & { readonly opaque?: Opaque }

/** Packets and bytes that a rule or policy has seen; a bigint only above 2^53 - 1. */
export interface Counters {
  readonly packets: number | bigint
  readonly bytes: number | bigint
}

/**
 * A rule of iptables or ip6tables in its canonical form: equal rules are equal data. iptables(8)
 */
export interface Rule {
  /** The protocol's name as iptables-save prints it, or its number; absent for all. */
  readonly protocol?: Negatable<string>
  /** The source address or network; absent for any. */
  readonly source?: Negatable<string>
  /** The destination address or network; absent for any. */
  readonly destination?: Negatable<string>
  /** The interface that the packet came in by; a `+` at the end stands for any ending. */
  readonly inInterface?: Negatable<string>
  /** The interface that the packet leaves by; a `+` at the end stands for any ending. */
  readonly outInterface?: Negatable<string>
  /** Second and further fragments (IPv4). */
  readonly fragment?: Negatable<true>
  /** The matches in their order: one object, or a list of them where a name stands twice. */
  readonly matches?: Matches | readonly Matches[]
  /** A target, or a chain to jump to: `'DROP'`, `'my-chain'`, `{ REJECT: { rejectWith: 'tcp-reset' } }`. */
  readonly target?: TargetName | AnyText | TargetOptions
  /** A chain to go on in without coming back. */
  readonly goto?: string
  /** What the rule has seen, or begins with. */
  readonly counters?: Counters
}

/** A rule as a caller may write it; {@link Rule} says what the members mean. */
export interface RuleInput {
  readonly protocol?: Negatable<ProtocolInput>
  readonly source?: Negatable<string>
  readonly destination?: Negatable<string>
  readonly inInterface?: Negatable<string>
  readonly outInterface?: Negatable<string>
  readonly fragment?: Negatable<true>
  readonly matches?: MatchesInput | readonly MatchesInput[]
  readonly target?: TargetName | AnyText | TargetOptionsInput
  readonly goto?: string
  readonly counters?: { readonly packets: number | bigint | string; readonly bytes: number | bigint | string }
}
