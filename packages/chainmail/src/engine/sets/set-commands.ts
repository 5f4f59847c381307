import {
  type EntryRequest,
  KernelError,
  type RestoreOperation,
  type SetDescription,
  type SetEntry,
  type SetFamily,
  type SetHeader,
} from '@chainmail/kernel'
import type { CommandSets } from '../../stand-in/ipset/sets.ts'
import type { FirewallEvents } from '../events.ts'
import { isOwnedName } from '../ownership.ts'
import { RehearsedSets } from './set-commands-rehearsal.ts'
import { collectEntries } from './set-content.ts'
import type { SetDoors } from './set-growth.ts'
import { makeChanges } from './set-text.ts'

/** The sets as a program like ipset sees and changes them. */
export class SetCommands implements CommandSets {
  readonly #doors: SetDoors
  readonly #events: FirewallEvents

  constructor(doors: SetDoors, events: FirewallEvents) {
    this.#doors = doors
    this.#events = events
  }

  /** What a program would do to the sets: nothing is changed. */
  rehearsal(): RehearsedSets {
    return new RehearsedSets(this.#doors, this)
  }

  get protocol(): number {
    return this.#doors.ipset.protocol()
  }

  names(): readonly string[] {
    return this.#doors.ipset.names()
  }

  header(name: string): SetHeader {
    return this.#doors.ipset.header(name)
  }

  /** Bound: it is handed on by itself. */
  readonly checkType = (type: string, family: SetFamily): void => {
    this.#doors.ipset.revisions(type, family)
  }

  async describe(name?: string): Promise<readonly SetDescription[]> {
    const { ipset } = this.#doors
    return name === undefined ? ipset.describeAll() : [await ipset.describe(name)]
  }

  entries(name: string): Promise<readonly SetEntry[]> {
    return collectEntries(this.#doors.ipset, name)
  }

  async test(name: string, entry: EntryRequest): Promise<boolean> {
    const { ipset } = this.#doors
    if (ipset.longWork !== undefined) await ipset.longWork
    return ipset.test(name, entry)
  }

  /** What is meant for all sets leaves those of chainmail alone. */
  async change(operations: Iterable<RestoreOperation>): Promise<void> {
    const made = Array.from(operations, (operation) => this.#spared(operation)).flat()
    try {
      await makeChanges(this.#doors, made)
    } finally {
      this.#tell(made)
    }
  }

  /** A restore may have thousands of changes of one set: the same is told once. */
  #tell(made: readonly RestoreOperation[]): void {
    const told = new Set<string>()
    for (const { command, name: set } of made) {
      if (set === undefined || told.has(`${command} ${set}`)) continue
      told.add(`${command} ${set}`)
      this.#events.changed(() => ({ what: 'set', set, do: command === 'del' ? 'delete' : command }))
    }
  }

  #spared(operation: RestoreOperation): RestoreOperation | readonly RestoreOperation[] {
    if (operation.name !== undefined) return operation
    const { ipset } = this.#doors
    const names = ipset.names()
    const foreign = names.filter((name) => !isOwnedName(name))
    if (foreign.length === names.length) return operation
    if (operation.command === 'destroy') refuseUsed(foreign.filter((name) => ipset.isReferenced(name)))
    return foreign.map((name) => ({ ...operation, name }))
  }
}

/** ip_set.h: IPSET_ERR_BUSY, a set that is destroyed is referred to. */
const IPSET_ERR_BUSY = 4100

/** All sets are destroyed or none, as the kernel does it. */
function refuseUsed([name]: readonly string[]): void {
  if (name === undefined) return
  throw new KernelError('set-in-use', `ipset destroy: a rule or another set refers to the set ${name}.`, {
    operation: 'ipset destroy',
    errno: IPSET_ERR_BUSY,
  })
}
