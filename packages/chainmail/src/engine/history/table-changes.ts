import type { Family } from '@chainmail/kernel'
import { align, type Candidate } from '../plan/alignment.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import type { ForeseenRule } from '../probation/foresee.ts'
import type { TouchedChain } from '../probation/way-back.ts'
import { type ChangedChain, changedChains } from './changed-chain.ts'

/** What has become of the chains of a family between two readings; counters alone are no change. */
export function tableChanges(
  family: Family,
  before: readonly ListedTable[],
  after: readonly ListedTable[],
): readonly ChangedChain[] {
  const names = new Set([...before, ...after].map(({ name }) => name))
  return [...names].flatMap((name) => {
    const was = chainsOf(before, name)
    const is = chainsOf(after, name)
    const chains = [...new Set([...was.keys(), ...is.keys()])].map((chain) =>
      touchedChain(chain, was.get(chain), is.get(chain)),
    )
    return changedChains({ place: { family, table: name }, chains })
  })
}

function chainsOf(tables: readonly ListedTable[], name: string): ReadonlyMap<string, ListedChain> {
  const table = tables.find((one) => one.name === name)
  return new Map(table?.chains.map((chain) => [chain.name, chain]))
}

function touchedChain(name: string, was: ListedChain | undefined, is: ListedChain | undefined): TouchedChain {
  const builtIn = was?.policy ?? is?.policy
  // A table that nothing has used yet is the same as one with empty chains.
  const unused = builtIn === undefined ? undefined : { name, policy: 'ACCEPT', rules: [] }
  const before = was ?? unused
  const after = is ?? unused
  return {
    name,
    before,
    after:
      after === undefined
        ? undefined
        : {
            ...(after.policy === undefined ? {} : { policy: after.policy }),
            rules: aligned(before?.rules ?? [], after.rules),
          },
  }
}

/** The rules as they are now, and which of those before each of them is. */
function aligned(
  was: readonly { readonly text: string }[],
  is: readonly { readonly text: string }[],
): readonly ForeseenRule[] {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const kept = align(
    is.map(({ text }) => numberOf(text)),
    was.map(({ text }): Candidate => ({ id: numberOf(text), ours: true })),
  )
  return is.map(({ text }, index) => {
    const from = kept[index] ?? -1
    return from === -1 ? { text } : { text, from }
  })
}
