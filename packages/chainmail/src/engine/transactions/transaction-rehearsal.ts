/** What a transaction would come to and be refused for, found out without making it. */
import type { Family, Ipset } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { applyCommand } from '../../text/command/apply-command.ts'
import { quoteName } from '../../text/quote.ts'
import type { Table } from '../../text/save.ts'
import type { ChangedChain } from '../history/changed-chain.ts'
import { tableChanges } from '../history/table-changes.ts'
import { type ChangingCommand, commandOf } from '../rules/commands.ts'
import { restoreLines } from '../rules/operation.ts'
import { rehearseLines } from '../rules/rehearsal.ts'
import type { RuleDoors } from '../rules/writer.ts'
import { createAside, discard } from '../sets/set-aside.ts'
import { applyContent, contentOf, type SetOperation } from '../sets/set-operation.ts'
import { copyOf, refuseTaken } from '../sets/set-rehearsal.ts'
import type { TableChange, Transaction } from './transaction.ts'

/** What would be, until it is disposed of. */
export interface ForeseenTransaction extends AsyncDisposable {
  readonly chains: readonly ChangedChain[]
  /** The name of a set like each that is changed, as it would be then; undefined for one that would be gone. */
  readonly sets: ReadonlyMap<string, string | undefined>
}

/**
 * 1. The sets are made, or copied, aside, and changed there by the kernel itself.
 * 2. The lines of each table are put to the kernel in a commit that always fails. Where they name a set that the
 *    transaction makes they name the one aside instead, so that the kernel looks at such rules too.
 * 3. A set that would be destroyed must be named by no rule that would be left.
 *
 * @param doors while nothing else of this process writes
 * @throws what the first refused step of the transaction is refused for
 */
export async function rehearseTransaction(
  { tables, sets: operations }: Transaction,
  doors: RuleDoors,
  ipset: Ipset,
): Promise<ForeseenTransaction> {
  await using asides = new AsyncDisposableStack()
  const sets = await changedAside(operations, ipset, asides)
  const made = operations.filter(({ do: verb }) => verb === 'create').map(({ set }) => set)
  const read = new Map<Family, { readonly before: readonly Table[]; readonly after: readonly Table[] }>()
  const familyOf = async (family: Family) => {
    const known = read.get(family)
    if (known !== undefined) return known
    const before = await doors.read(family)
    return { before, after: before }
  }
  for (const { place, operations: steps } of tables) {
    const { before, after } = await familyOf(place.family)
    const lines = restoreLines(steps, place).map((line) => onAsides(line, made, sets))
    await rehearseLines(doors, place, lines)
    const commands = steps.map((step): ChangingCommand => commandOf(step, place))
    read.set(place.family, { before, after: commands.reduce(applyCommand, after) })
  }
  for (const { do: verb, set } of operations) {
    if (verb !== 'destroy') continue
    if (!made.includes(set)) ipset.header(set)
    for (const family of familiesOf(tables)) refuseNamed(set, (await familyOf(family)).after)
    if (tables.length === 0 && ipset.isReferenced(set)) throw inUse(set)
    sets.set(set, undefined)
  }
  const chains = Array.from(read, ([family, { before, after }]) => tableChanges(family, before, after)).flat()
  const kept = asides.move()
  return { chains, sets, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Names of sets like those that some operations make or change, with these done to them. */
async function changedAside(
  operations: readonly SetOperation[],
  ipset: Ipset,
  asides: AsyncDisposableStack,
): Promise<Map<string, string | undefined>> {
  const names = new Map<string, string | undefined>()
  for (const operation of operations) {
    if (operation.do !== 'create') continue
    const { set, type, options } = operation
    refuseTaken(ipset, set)
    const aside = await createAside(ipset, type, options)
    asides.defer(() => discard(ipset, aside))
    names.set(set, aside)
  }
  for (const [set, changes] of contentOf(operations)) {
    const aside = names.get(set) ?? asides.use(await copyOf(ipset, set)).name
    names.set(set, aside)
    await applyContent(ipset, aside, changes)
  }
  return names
}

const SET_FLAGS = ['match', 'add', 'del', 'map'].map((verb) => `--${verb}-set`)

/** A line with the sets that are made named as they are aside. */
function onAsides(
  line: string,
  made: readonly string[],
  asides: ReadonlyMap<string, string | undefined>,
): string {
  return made.reduce(
    (text, set) =>
      SET_FLAGS.reduce(
        (piece, flag) => piece.replaceAll(`${flag} ${quoteName(set)} `, `${flag} ${asides.get(set) ?? set} `),
        text,
      ),
    line,
  )
}

function familiesOf(tables: readonly TableChange[]): ReadonlySet<Family> {
  return new Set(tables.map(({ place }) => place.family))
}

function refuseNamed(set: string, tables: readonly Table[]): void {
  const names = SET_FLAGS.map((flag) => `${flag} ${quoteName(set)} `)
  const isNamed = tables.some(({ chains }) =>
    chains.some(({ rules }) => rules.some(({ text }) => names.some((name) => `${text} `.includes(name)))),
  )
  if (isNamed) throw inUse(set)
}

function inUse(set: string): ChainmailError {
  return new ChainmailError('set-in-use', `A rule or a list refers to the set ${set}.`)
}
