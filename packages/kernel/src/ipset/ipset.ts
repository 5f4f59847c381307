/**
 * The ipset subsystem: the commands of ipset(8) over netlink.
 *
 * All calls are synchronous and take microseconds; a call that returns was acknowledged by the kernel. Sets belong to
 * the network namespace in which the Ipset was opened.
 */
import { InputError, KernelError, quote } from '../errors.ts'
import type { Payload } from '../netlink/attributes.ts'
import { type BulkOptions, sendBulk } from './bulk.ts'
import type { BulkTarget } from './bulk-message.ts'
import { type CreateOptions, checkRevision, createValues } from './create-options.ts'
import { readDescription, readHeader, type SetDescription, type SetHeader } from './description.ts'
import { EntryCodec, type EntryInput } from './entry.ts'
import type { SetEntry } from './entry-options.ts'
import { EntryStream, type StreamOptions } from './entry-stream.ts'
import { type Command, familyNumbers, listFlags, type SetFamily } from './messages.ts'
import { checkNewSetName, checkSetName } from './name.ts'
import { type Exists, IpsetProtocol, type SetValues } from './protocol.ts'
import {
  describe,
  explain,
  hasOtherFamily,
  IPSET_ERR_EXIST,
  IPSET_ERR_PROTOCOL,
  type Request,
} from './refusal.ts'
import { setType } from './types.ts'

/** Entries as the kernel has sent them, in its own form. */
export type ListedEntries = Payload

export interface ExistsOptions {
  exists?: Exists
}

/** What is remembered of a set that entries were sent to. */
interface KnownSet {
  family: SetFamily
  codec: EntryCodec
}

/** How many sets are remembered. */
const knownSetsLimit = 1024

export class Ipset implements Disposable {
  readonly #protocol = new IpsetProtocol()
  readonly #codecs = new Map<string, EntryCodec>()
  /** May be out of date: anyone can destroy a set and create another of its name. See `#sendEntry`. */
  readonly #knownSets = new Map<string, KnownSet>()
  /** What the kernel does in other threads and may take long for. */
  readonly #longWorks = new Set<Promise<unknown>>()

  /**
   * Creates a set, in the highest revision of its type that this library and the kernel have.
   * With `exists: 'ignore'` an existing set of the same type and options is left as it is.
   * @throws KernelError `set-exists`, `set-type-unsupported`, `set-option-unsupported`, `set-option-refused`
   * @throws InputError `bad-set-name`, `bad-set-option`
   */
  create(name: string, type: string, options: CreateOptions = {}, { exists }: ExistsOptions = {}): void {
    const { request, values } = this.#creation(name, type, options)
    this.#protocol.command(request, values, exists)
    this.#knownSets.delete(name)
  }

  /**
   * As `create`, with the kernel's work done in another thread: the memory for a hash of a million buckets takes it
   * tens of milliseconds.
   */
  async createInThread(name: string, type: string, options: CreateOptions = {}): Promise<void> {
    if (this.longWork !== undefined) await this.longWork
    const { request, values } = this.#creation(name, type, options)
    await this.#long(this.#protocol.commandInThread(request, values))
    this.#knownSets.delete(name)
  }

  #creation(name: string, type: string, options: CreateOptions): { request: Request; values: SetValues } {
    checkNewSetName(name)
    const definition = setType(type)
    const family = options.family ?? definition.families[0]
    if (!definition.families.includes(family))
      throw new InputError(
        'bad-set-option',
        `Sets of type ${type} have no family ${quote(family)}, only ${definition.families.join(' and ')}.`,
      )
    const data = createValues(type, definition, options)
    const request = { command: 'create', name, type } as const
    const { minimum, maximum } = this.revisions(type, family)
    if (minimum > definition.revision)
      throw new KernelError(
        'set-type-unsupported',
        `This kernel has ${type} in revision ${minimum} and above, this library up to ${definition.revision}.`,
        { operation: describe(request) },
      )
    const revision = Math.min(maximum, definition.revision)
    checkRevision(type, definition, options, revision, describe(request))
    const values = { setname: name, typename: type, revision, family: familyNumbers[family], data }
    return { request, values }
  }

  /**
   * Adds an entry. With `exists: 'ignore'` an entry that is there gets the timeout, counters and comment anew.
   * A network or range in a set of single addresses is expanded by the kernel.
   * @throws KernelError `set-not-found`, `entry-exists`, `set-full`, `set-family-mismatch`, `set-option-missing`
   * @throws InputError `bad-element`, `bad-entry-option`
   */
  add(name: string, entry: EntryInput, { exists }: ExistsOptions = {}): void {
    this.#sendEntry('add', name, entry, exists)
  }

  /**
   * Deletes an entry. With `exists: 'ignore'` it may be missing.
   * @throws KernelError `set-not-found`, `entry-not-found`
   * @throws InputError `bad-element`
   */
  del(name: string, entry: EntryInput, { exists }: ExistsOptions = {}): void {
    this.#sendEntry('del', name, entry, exists)
  }

  /**
   * Whether an address matches the set, as a packet would: in a set of networks the most specific one decides, and
   * one that is marked `nomatch` says no. An element with the option `nomatch` asks for such a network itself.
   * @throws KernelError `set-not-found`, `set-family-mismatch`
   * @throws InputError `bad-element`
   */
  test(name: string, entry: EntryInput): boolean {
    return this.#sendEntry('test', name, entry)
  }

  /**
   * Adds many entries, hundreds in a message, and returns how many were accepted.
   * @throws KernelError or InputError with the entry's index in `line`, unless `onError` takes it
   */
  addMany(name: string, entries: Iterable<EntryInput>, options: BulkOptions = {}): number {
    return this.#sendMany('add', name, entries, options)
  }

  /**
   * Deletes many entries, hundreds in a message, and returns how many were accepted.
   * @throws KernelError or InputError with the entry's index in `line`, unless `onError` takes it
   */
  delMany(name: string, entries: Iterable<EntryInput>, options: BulkOptions = {}): number {
    return this.#sendMany('del', name, entries, options)
  }

  /**
   * Opens a way to add many entries, or to delete them, as they come, without holding the event loop.
   * @throws KernelError `set-not-found`
   */
  stream(command: 'add' | 'del', name: string, options: StreamOptions = {}): EntryStream {
    return new EntryStream(this.#bulkTarget(command, name), options)
  }

  /** Removes all entries of a set. @throws KernelError `set-not-found` */
  flush(name: string): void {
    checkSetName(name)
    this.#protocol.command({ command: 'flush', name }, { setname: name })
  }

  /** As `flush`, with the kernel's work done in another thread: a million entries take it 100 ms. */
  async flushInThread(name: string): Promise<void> {
    checkSetName(name)
    await this.#long(this.#protocol.commandInThread({ command: 'flush', name }, { setname: name }))
  }

  /** Removes all entries of all sets of the network namespace, whoever made them. */
  flushAll(): void {
    this.#protocol.command({ command: 'flush' }, {})
  }

  /**
   * Destroys a set.
   * @throws KernelError `set-not-found`, `set-in-use` while a rule, a list or a running listing refers to it
   */
  destroy(name: string): void {
    checkSetName(name)
    this.#protocol.command({ command: 'destroy', name }, { setname: name })
    this.#knownSets.delete(name)
  }

  /**
   * Destroys all sets of the network namespace, whoever made them, or none.
   * @throws KernelError `set-in-use` while one of them is in use
   */
  destroyAll(): void {
    this.#protocol.command({ command: 'destroy' }, {})
    this.#knownSets.clear()
  }

  /**
   * Exchanges the content of two sets of the same type and family in one step: what refers to a name refers to the
   * other content from then on.
   * @throws KernelError `set-not-found`, `set-type-mismatch`, `set-in-use` while one of them is being listed
   */
  swap(name: string, name2: string): void {
    checkSetName(name)
    checkSetName(name2)
    this.#protocol.pair('swap', name, name2)
  }

  /**
   * Gives a set another name.
   * @throws KernelError `set-not-found`, `set-exists`, `set-in-use` while a rule or a list refers to it
   */
  rename(name: string, newName: string): void {
    checkSetName(name)
    checkNewSetName(newName)
    this.#protocol.pair('rename', name, newName)
    this.#knownSets.delete(name)
    this.#knownSets.delete(newName)
  }

  /** The version of ipset's netlink protocol that is spoken with this kernel: 6 or 7. */
  protocol(): number {
    return this.#protocol.version
  }

  /** The type and family of a set. @throws KernelError `set-not-found` */
  header(name: string): SetHeader {
    return this.#header('header', name)
  }

  /** The revisions of a set type that this kernel has. @throws KernelError `set-type-unsupported` */
  revisions(type: string, family: SetFamily): { minimum: number; maximum: number } {
    const { revision = 0, minimum = revision } = this.#protocol.query(
      'type',
      { command: 'type', type },
      { typename: type, family: familyNumbers[family] },
    )
    return { minimum, maximum: revision }
  }

  /**
   * Whether a rule or a list refers to a set; also true while somebody reads its entries. Takes microseconds whatever
   * the set holds, where the kernel counts the entries for a description.
   * @throws KernelError `set-not-found`
   */
  isReferenced(name: string): boolean {
    checkSetName(name)
    return this.#protocol.isReferenced(name)
  }

  /** The names of all sets. */
  names(): string[] {
    return this.#protocol.list(undefined, listFlags.names, ({ setname }) => setname)
  }

  /** Describes all sets, or the one named, without their entries. @throws KernelError `set-not-found` */
  list(name?: string): SetDescription[] {
    if (name !== undefined) checkSetName(name)
    return this.#protocol.list(name, listFlags.headers, readDescription)
  }

  /**
   * As `list`, without holding the event loop while the kernel counts the entries: 20 ms for a million.
   */
  describeAll(): Promise<SetDescription[]> {
    return this.#long(this.#protocol.listInThread(undefined, listFlags.headers, readDescription))
  }

  /** As `describeAll`, of one set. @throws KernelError `set-not-found` */
  async describe(name: string): Promise<SetDescription> {
    checkSetName(name)
    const [description] = await this.#long(
      this.#protocol.listInThread(name, listFlags.headers, readDescription),
    )
    if (description !== undefined) return description
    throw new KernelError('netlink-malformed', `The kernel listed nothing of the set ${quote(name)}.`, {
      operation: describe({ command: 'list', name }),
    })
  }

  /**
   * The entries of a set in the kernel's own form, hundreds at a time, for a comparison or a copy; each is valid until
   * the next is asked for. Otherwise as `entryBatches`.
   * @throws KernelError `set-not-found`
   */
  listedEntries(name: string): AsyncGenerator<ListedEntries, void> {
    checkSetName(name)
    return this.#protocol.payloadsInThread(name)
  }

  /**
   * The entries of a set, hundreds at a time, without holding the event loop. The set can't be destroyed or swapped
   * until the loop has ended; changes made meanwhile may show or not.
   * @throws KernelError `set-not-found`, `set-type-unsupported`
   */
  async *entryBatches(name: string): AsyncGenerator<SetEntry[], void> {
    if (this.longWork !== undefined) await this.longWork
    const { codec } = this.#learn('list', name)
    for await (const { bytes, view, start, end } of this.#protocol.payloadsInThread(name))
      yield codec.read(bytes, view, start, end)
  }

  /**
   * All entries of a small set at once, within the call; a million hold the event loop for half a second.
   * @throws KernelError `set-not-found`, `set-type-unsupported`
   */
  allEntries(name: string): SetEntry[] {
    const { codec } = this.#learn('list', name)
    return this.#protocol.payloads(name, ({ bytes, view, start, end }) => codec.read(bytes, view, start, end))
  }

  /**
   * The kernel does one thing with sets at a time, whichever they are: a call would wait inside itself for what it does
   * in another thread. Undefined while that is nothing long; otherwise it resolves when that is over.
   */
  get longWork(): Promise<void> | undefined {
    return this.#longWorks.size === 0 ? undefined : this.#longWorksOver()
  }

  async #longWorksOver(): Promise<void> {
    while (this.#longWorks.size > 0) await Promise.allSettled(this.#longWorks)
  }

  async #long<Result>(work: Promise<Result>): Promise<Result> {
    this.#longWorks.add(work)
    try {
      return await work
    } finally {
      this.#longWorks.delete(work)
    }
  }

  close(): void {
    this.#protocol[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /**
   * Sends an entry as its set's type wants it. Returns false when a test found nothing.
   *
   * A set's type is asked for once. Should someone replace the set by one of another type, the kernel refuses what
   * does not fit, or the codec does; then the type is asked for again.
   */
  #sendEntry(
    command: 'add' | 'del' | 'test',
    name: string,
    entry: EntryInput,
    exists: Exists = 'fail',
  ): boolean {
    const known = this.#knownSets.get(name)
    if (known === undefined) {
      checkSetName(name)
      return this.#sendEntryTo(this.#learn(command, name), command, name, entry, exists)
    }
    try {
      return this.#sendEntryTo(known, command, name, entry, exists)
    } catch (error) {
      if (!mayComeFromAnotherType(error)) throw error
      const current = this.#learn(command, name)
      if (current.codec === known.codec && current.family === known.family) throw error
      return this.#sendEntryTo(current, command, name, entry, exists)
    }
  }

  #sendEntryTo(
    { codec, family }: KnownSet,
    command: 'add' | 'del' | 'test',
    name: string,
    entry: EntryInput,
    exists: Exists,
  ): boolean {
    const refusal = this.#protocol.entry(command, name, codec, entry, exists)
    if (refusal === undefined) return true
    const element = typeof entry === 'string' ? entry : entry.element
    const request = { command, name, type: codec.typeName, family, element }
    if (command !== 'test' || refusal.errno !== IPSET_ERR_EXIST) throw explain(request, refusal)
    // The kernel says of everything that it can't test, an address of another family too, that it is not in the set.
    if (hasOtherFamily(request)) throw explain(request, { ...refusal, errno: IPSET_ERR_PROTOCOL })
    return false
  }

  #sendMany(
    command: 'add' | 'del',
    name: string,
    entries: Iterable<EntryInput>,
    options: BulkOptions,
  ): number {
    return sendBulk(this.#protocol.socket, this.#bulkTarget(command, name), entries, options)
  }

  #bulkTarget(command: 'add' | 'del', name: string): BulkTarget {
    return { protocol: this.#protocol.version, command, name, ...this.#learn(command, name) }
  }

  #learn(command: Command, name: string): KnownSet {
    const { type, family } = this.#header(command, name)
    const known = { family, codec: this.#codec(type) }
    if (this.#knownSets.size >= knownSetsLimit) this.#knownSets.clear()
    this.#knownSets.set(name, known)
    return known
  }

  /** Asks for a set's header; what goes wrong concerns the command that needs it. */
  #header(command: Command, name: string): SetHeader {
    checkSetName(name)
    return readHeader(this.#protocol.query('header', { command, name }, { setname: name }))
  }

  #codec(type: string): EntryCodec {
    let codec = this.#codecs.get(type)
    if (codec === undefined) {
      codec = new EntryCodec(type)
      this.#codecs.set(type, codec)
    }
    return codec
  }
}

function mayComeFromAnotherType(error: unknown): boolean {
  if (error instanceof InputError) return true
  return (
    error instanceof KernelError && (error.code === 'entry-refused' || error.code === 'set-family-mismatch')
  )
}
