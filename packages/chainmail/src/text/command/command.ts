import type { Family } from '@chainmail/kernel'
import type { Rule } from '../../model/rule.ts'

/** Where a command works. */
interface CommandPlace {
  readonly family: Family
  /** The table; `filter` where the command line names none. */
  readonly table: string
}

/** What `-L` and `-S` may be told about how to print; the model keeps it and does nothing with it. */
interface Listing {
  /** Every chain where it is absent. */
  readonly chain?: string
  /** One rule of the chain, counted from 1. */
  readonly number?: number
  /** `-Z` beside the listing: the counters are set to 0 once they were printed. */
  readonly zero?: true
  readonly verbose?: true
}

/**
 * One call of iptables or ip6tables as data. `rules` holds more than one rule where `-s` or `-d` named several
 * addresses: one rule for each pair, in the order in which iptables handles them. iptables(8), COMMANDS
 */
export type Command = CommandPlace &
  (
    | { readonly operation: 'append'; readonly chain: string; readonly rules: readonly Rule[] }
    | {
        readonly operation: 'insert'
        readonly chain: string
        /** Where, counted from 1. Each rule is put there in turn, so that the last one comes first. */
        readonly number: number
        readonly rules: readonly Rule[]
      }
    | { readonly operation: 'delete'; readonly chain: string; readonly rules: readonly Rule[] }
    | { readonly operation: 'delete-number'; readonly chain: string; readonly number: number }
    | { readonly operation: 'replace'; readonly chain: string; readonly number: number; readonly rule: Rule }
    | { readonly operation: 'check'; readonly chain: string; readonly rules: readonly Rule[] }
    | { readonly operation: 'flush'; readonly chain?: string }
    | { readonly operation: 'zero'; readonly chain?: string; readonly number?: number }
    | { readonly operation: 'new-chain'; readonly chain: string }
    | { readonly operation: 'delete-chain'; readonly chain?: string }
    | { readonly operation: 'rename-chain'; readonly chain: string; readonly to: string }
    | { readonly operation: 'policy'; readonly chain: string; readonly policy: string }
    | ({
        readonly operation: 'list'
        readonly numeric?: true
        readonly exact?: true
        readonly lineNumbers?: true
      } & Listing)
    | ({ readonly operation: 'list-rules' } & Listing)
  )

export type Operation = Command['operation']
