import {
  applyCommand,
  type ChangingCommand,
  type CommandFirewall,
  type Firewall,
  parseSave,
  renderSave,
  type Table,
  unusedTable,
} from 'chainmail'

type Family = 'ipv4' | 'ipv6'

interface Place {
  readonly table: string
  readonly family: Family
}

/** What a rehearsal asks of the library. */
export type RehearsedFirewall = Pick<Firewall, 'host' | 'backend' | 'tables' | 'change' | 'restore'>

/**
 * A firewall for a program of iptables that changes nothing: each change is put to the kernel as it would refuse it, and
 * what the rules would be then is what the program reads from there on.
 */
export class ProgramRehearsal implements CommandFirewall {
  readonly host: CommandFirewall['host']
  readonly backend: CommandFirewall['backend']
  readonly #firewall: RehearsedFirewall
  readonly #tables = new Map<Family, readonly Table[]>()
  readonly #done: ChangingCommand[] = []

  constructor(firewall: RehearsedFirewall) {
    this.#firewall = firewall
    this.host = firewall.host
    this.backend = firewall.backend
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
    await this.#firewall.change({ table, family }, [...before, command], { dryRun: true })
    this.#tables.set(family, applyCommand(await this.tables({ family }), command))
    this.#done.push(command)
  }

  async restore(place: Place, lines: readonly string[]): Promise<void> {
    await this.#firewall.restore(place, lines, { dryRun: true })
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
