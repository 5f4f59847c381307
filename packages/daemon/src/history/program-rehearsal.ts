import {
  applyCommand,
  type ChangingCommand,
  type CommandFirewall,
  type Firewall,
  parseSave,
  type RehearsedSets,
  renderSave,
  type Table,
  unusedTable,
} from 'chainmail'
import { codeOf } from '../errors.ts'
import { type Snapshot, snapshotSeen } from './set-changes.ts'

type Family = 'ipv4' | 'ipv6'

interface Place {
  readonly table: string
  readonly family: Family
}

/** What a rehearsal asks of the library. */
export type RehearsedFirewall = Pick<
  Firewall,
  'host' | 'backend' | 'tables' | 'change' | 'restore' | 'setCommands'
>

/**
 * A firewall for programs of iptables, and ipset, that changes nothing: each change is put to the kernel as it would
 * refuse it, and what the rules and sets would be then is what the programs read from there on. Of rules that refer to a
 * set which is made only here, and of what comes behind them in their table, the kernel is not asked.
 */
export class ProgramRehearsal implements CommandFirewall, AsyncDisposable {
  readonly host: CommandFirewall['host']
  readonly backend: CommandFirewall['backend']
  readonly #firewall: RehearsedFirewall
  readonly #tables = new Map<Family, readonly Table[]>()
  readonly #done: ChangingCommand[] = []
  #sets: RehearsedSets | undefined

  constructor(firewall: RehearsedFirewall) {
    this.#firewall = firewall
    this.host = firewall.host
    this.backend = firewall.backend
  }

  get setCommands(): RehearsedSets {
    this.#sets ??= this.#firewall.setCommands.rehearsal()
    return this.#sets
  }

  /** A set as it would be; undefined where there would be none. */
  snapshot(name: string): Promise<Snapshot | undefined> {
    return snapshotSeen(this.setCommands, name)
  }

  async #asked(ask: () => Promise<unknown>): Promise<void> {
    try {
      await ask()
    } catch (error) {
      if (!this.#lacksMadeSet(error)) throw error
    }
  }

  /** Whether something is refused for the lack of a set that is made here. */
  #lacksMadeSet(error: unknown): boolean {
    return codeOf(error) === 'set-not-found' && (this.#sets?.hasMade ?? false)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sets?.[Symbol.asyncDispose]()
  }

  async tables({ family }: { readonly family: Family }): Promise<readonly Table[]> {
    const known = this.#tables.get(family)
    if (known !== undefined) return known
    const tables = await this.#firewall.tables({ family })
    this.#tables.set(family, tables)
    return tables
  }

  async command(command: ChangingCommand): Promise<void> {
    const { table, family } = command
    const before = this.#done.filter((one) => one.table === table && one.family === family)
    await this.#asked(() => this.#firewall.change({ table, family }, [...before, command], { dryRun: true }))
    this.#tables.set(family, applyCommand(await this.tables({ family }), command))
    this.#done.push(command)
  }

  async restore(place: Place, lines: readonly string[]): Promise<void> {
    await this.#asked(() => this.#firewall.restore(place, lines, { dryRun: true }))
    const { family } = place
    const tables = await this.tables({ family })
    const known = tables.find(({ name }) => name === place.table)
    const restored = restoredTable(known ?? unusedTable(place.table), lines, family)
    const others = tables.filter((table) => table !== known)
    this.#tables.set(family, [...others, restored])
  }
}

/** A table with lines of a dump done to it: its own dump, and they behind it. */
function restoredTable(table: Table, lines: readonly string[], family: Family): Table {
  const names = new Map(table.chains.map(({ name, policy }) => [name, policy]))
  const done = lines.map((line) => {
    const [, name = '', policy = ''] = /^:(\S+) (\S+)/.exec(line) ?? []
    if (!names.has(name)) return line
    return names.get(name) === undefined ? `-F ${name}` : `-P ${name} ${policy}`
  })
  const dump = renderSave([table], { family }).replace(/^COMMIT$/m, `${done.join('\n')}\nCOMMIT`)
  return parseSave(dump, { family })[0] ?? table
}
