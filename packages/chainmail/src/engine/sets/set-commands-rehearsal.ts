import {
  type EntryRequest,
  type Ipset,
  KernelError,
  type RestoreOperation,
  type SetDescription,
  type SetEntry,
  type SetFamily,
  type SetHeader,
} from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { CommandSets } from '../../stand-in/ipset/sets.ts'
import { isOwnedName } from '../ownership.ts'
import { createAside, discard } from './set-aside.ts'
import { collectEntries } from './set-content.ts'
import type { SetDoors } from './set-growth.ts'
import { copyOf } from './set-rehearsal.ts'
import { makeChanges } from './set-text.ts'

/** ip_set.h, enum ipset_errno; errno.h. */
const refusals = {
  'set-not-found': [2, 'there is no such set'],
  'set-in-use': [4100, 'a rule or another set refers to it'],
  'set-exists': [4101, 'the second name is that of a set already'],
  'set-type-mismatch': [4102, 'the other set is of another type or family'],
} as const

/**
 * The sets as a program like ipset would leave them: it changes copies, which go when this is disposed of. A set to which
 * a list refers counts as referred to even where the program has destroyed the list before.
 */
export class RehearsedSets implements CommandSets, AsyncDisposable {
  readonly protocol: number
  readonly checkType: (type: string, family: SetFamily) => void
  readonly #doors: SetDoors
  readonly #ipset: Ipset
  /** By the names that the program knows: which set of the kernel it sees there; undefined where there is none any more. */
  readonly #seen = new Map<string, string | undefined>()
  readonly #copies = new Set<string>()

  constructor(doors: SetDoors, { protocol, checkType }: Pick<CommandSets, 'protocol' | 'checkType'>) {
    this.#doors = doors
    this.#ipset = doors.ipset
    this.protocol = protocol
    this.checkType = checkType
  }

  /** Whether there is a set that the kernel does not have. */
  get hasMade(): boolean {
    const kept = new Set(this.#ipset.names())
    return Array.from(this.#seen).some(([name, seen]) => seen !== undefined && !kept.has(name))
  }

  names(): readonly string[] {
    const others = this.#ipset.names().filter((name) => !this.#copies.has(name) && !this.#seen.has(name))
    return [
      ...others,
      ...Array.from(this.#seen).flatMap(([name, seen]) => (seen === undefined ? [] : [name])),
    ]
  }

  header(name: string): SetHeader {
    return { ...this.#ipset.header(this.#seenAs(name, 'header')), name }
  }

  async describe(name?: string): Promise<readonly SetDescription[]> {
    const names = name === undefined ? this.names() : [name]
    return Promise.all(
      names.map(async (one) => ({ ...(await this.#ipset.describe(this.#seenAs(one, 'list'))), name: one })),
    )
  }

  async entries(name: string): Promise<readonly SetEntry[]> {
    const entries = await collectEntries(this.#ipset, this.#seenAs(name, 'list'))
    if (this.header(name).type !== 'list:set') return entries
    const names = new Map(Array.from(this.#seen, ([known, seen]) => [seen, known]))
    return entries.map((entry) => ({ ...entry, element: names.get(entry.element) ?? entry.element }))
  }

  async test(name: string, entry: EntryRequest): Promise<boolean> {
    return this.#ipset.test(this.#seenAs(name, 'test'), this.#entryFor(name, entry))
  }

  async change(operations: Iterable<RestoreOperation>): Promise<void> {
    for (const operation of operations) {
      try {
        await this.#make(operation)
      } catch (error) {
        if (!(error instanceof KernelError)) throw error
        throw new ChainmailError(error.code, error.message, { line: operation.line, cause: error })
      }
    }
  }

  async #make(operation: RestoreOperation): Promise<void> {
    switch (operation.command) {
      case 'create':
        return this.#create(operation)
      case 'add':
      case 'del': {
        const { name, entry } = operation
        const copy = await this.#copied(name)
        return makeChanges(this.#doors, [{ ...operation, name: copy, entry: this.#entryFor(name, entry) }])
      }
      case 'flush':
        for (const name of this.#meant(operation.name))
          await this.#ipset.flushInThread(await this.#copied(name))
        return
      case 'destroy': {
        const names = this.#meant(operation.name)
        for (const name of names) if (this.#isReferenced(name)) throw refused('set-in-use', 'destroy', name)
        for (const name of names) this.#seen.set(name, undefined)
        return
      }
      case 'swap':
        return this.#swap(operation.name, operation.name2)
      case 'rename':
        return this.#rename(operation.name, operation.name2)
    }
  }

  async #create({ name, type, options, exists }: RestoreOperation & { command: 'create' }): Promise<void> {
    if (this.names().includes(name)) {
      // The kernel compares it with what is there.
      this.#ipset.create(this.#seenAs(name, 'create'), type, options, { exists })
      return
    }
    const aside = await createAside(this.#ipset, type, options)
    this.#copies.add(aside)
    this.#seen.set(name, aside)
  }

  #swap(name: string, name2: string): void {
    const first = this.#seenAs(name, 'swap')
    if (!this.names().includes(name2)) throw refused('set-exists', 'swap', name2)
    const second = this.#seenAs(name2, 'swap')
    const [one, other] = [this.#ipset.header(first), this.#ipset.header(second)]
    if (one.type !== other.type || one.family !== other.family)
      throw refused('set-type-mismatch', 'swap', name2)
    this.#seen.set(name, second)
    this.#seen.set(name2, first)
  }

  #rename(name: string, name2: string): void {
    const seen = this.#seenAs(name, 'rename')
    if (this.names().includes(name2)) throw refused('set-exists', 'rename', name2)
    if (this.#isReferenced(name)) throw refused('set-in-use', 'rename', name)
    this.#seen.set(name, undefined)
    this.#seen.set(name2, seen)
  }

  /** Those that a change is about: without a name all but chainmail's own. */
  #meant(name: string | undefined): readonly string[] {
    if (name === undefined) return this.names().filter((one) => !isOwnedName(one))
    this.#ipset.header(this.#seenAs(name, 'flush'))
    return [name]
  }

  #isReferenced(name: string): boolean {
    return this.#ipset.names().includes(name) && this.#ipset.isReferenced(name)
  }

  async #copied(name: string): Promise<string> {
    const seen = this.#seenAs(name, 'add')
    if (this.#copies.has(seen)) return seen
    const { name: copy } = await copyOf(this.#ipset, seen)
    this.#copies.add(copy)
    this.#seen.set(name, copy)
    return copy
  }

  /** @throws KernelError `set-not-found` where it was destroyed or renamed */
  #seenAs(name: string, command: string): string {
    if (!this.#seen.has(name)) return name
    const seen = this.#seen.get(name)
    if (seen === undefined) throw refused('set-not-found', command, name)
    return seen
  }

  /** The members of a list are sets. */
  #entryFor(set: string, entry: EntryRequest): EntryRequest {
    if (this.header(set).type !== 'list:set') return entry
    const { element, before, after } = entry
    const seen = (name: string): string => this.#seen.get(name) ?? name
    return {
      ...entry,
      element: seen(element),
      ...(before === undefined ? {} : { before: seen(before) }),
      ...(after === undefined ? {} : { after: seen(after) }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The latest first: a list is made behind its members.
    for (const copy of [...this.#copies].toReversed()) await discard(this.#ipset, copy)
  }
}

function refused(code: keyof typeof refusals, command: string, name: string): KernelError {
  const [errno, words] = refusals[code]
  return new KernelError(code, `ipset ${command} ${name}: ${words}.`, {
    operation: `ipset ${command}`,
    errno,
  })
}
