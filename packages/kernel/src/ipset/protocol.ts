/** ipset's protocol on one netlink socket: what is common to all commands. */
import { EINVAL } from '../errno.ts'
import { KernelError } from '../errors.ts'
import { type AttributeValues, attributesIn, type Payload } from '../netlink/attributes.ts'
import { MessageWriter, type NetlinkMessage, NLA_TYPE_MASK, NLM_F_EXCL } from '../netlink/message.ts'
import type { Refusal } from '../netlink/refusal.ts'
import { NetlinkSocket } from '../netlink/socket.ts'
import type { EntryCodec, EntryInput } from './entry.ts'
import {
  beginMessage,
  type Command,
  entriesNumber,
  entryMessage,
  generalMessageLength,
  protocolVersions,
  renameMessage,
  setMessage,
} from './messages.ts'
import { explain, IPSET_ERR_EXIST_SETNAME2, IPSET_ERR_REFERENCED, type Request } from './refusal.ts'

export type SetValues = AttributeValues<typeof setMessage.attributes>

/**
 * What to do when a set or an entry that is created or added is there already, or one that is deleted is not: `fail`
 * (the default) with an error, or `ignore`.
 */
export type Exists = 'fail' | 'ignore'

export class IpsetProtocol implements Disposable {
  /** 6 or 7. */
  readonly version: number
  readonly socket = new NetlinkSocket()
  readonly #writer = new MessageWriter()

  /** @throws KernelError `no-ipset-support`, `not-permitted` */
  constructor() {
    try {
      this.version = this.#negotiate()
    } catch (error) {
      this.socket.close()
      throw error
    }
  }

  /** Sends a command about a set. @throws KernelError when the kernel refuses it */
  command(request: Request, values: SetValues, exists: Exists = 'fail'): void {
    this.#write(request.command, values, exists)
    this.#acknowledge(request)
  }

  /** Sends a swap or a rename. @throws KernelError when the kernel refuses it */
  pair(command: 'swap' | 'rename', name: string, name2: string): void {
    const refusal = this.#pair(command, name, name2)
    if (refusal !== undefined) throw explain({ command, name, name2 }, refusal)
  }

  /**
   * Asks for a set to be renamed to its own name, which never happens: ip_set_rename() of ip_set_core.c refuses a set
   * that something refers to, and then a name that is taken.
   * @throws KernelError `set-not-found`
   */
  isReferenced(name: string): boolean {
    const refusal = this.#pair('rename', name, name)
    if (refusal?.errno === IPSET_ERR_REFERENCED) return true
    if (refusal === undefined || refusal.errno === IPSET_ERR_EXIST_SETNAME2) return false
    throw explain({ command: 'list', name }, refusal)
  }

  /**
   * Sends a command that is answered with one message, on behalf of a request that may be another.
   * @throws KernelError about the request when the kernel refuses the command
   */
  query(command: Command, request: Request, values: SetValues): SetValues {
    this.#write(command, values, 'fail')
    return setMessage.read(payloadOf(this.socket.query(this.#writer, (refusal) => explain(request, refusal))))
  }

  /** Sends one entry and returns the kernel's refusal, or undefined when it accepted the entry. */
  entry(
    command: 'add' | 'del' | 'test',
    name: string,
    codec: EntryCodec,
    entry: EntryInput,
    exists: Exists = 'fail',
  ): Refusal | undefined {
    const writer = this.#writer
    beginMessage(writer, command, exists === 'ignore' ? 0 : NLM_F_EXCL)
    entryMessage.write(writer, { protocol: this.version, setname: name })
    codec.write(writer, entry, 0)
    return this.socket.acknowledge(writer)
  }

  /**
   * As `command`, with the kernel's work done in another thread.
   * @throws KernelError when the kernel refuses it
   */
  async commandInThread(request: Request, values: SetValues, exists: Exists = 'fail'): Promise<void> {
    using socket = new NetlinkSocket()
    const writer = new MessageWriter(256)
    this.#write(request.command, values, exists, writer)
    const refusal = await socket.acknowledgeInThread(writer)
    if (refusal !== undefined) throw explain(request, refusal)
  }

  /** Lists sets without their entries; `flags` are of `listFlags`. @throws KernelError when the kernel refuses it */
  list<Item>(name: string | undefined, flags: number, read: (values: SetValues) => Item | undefined): Item[] {
    const request: Request = { command: 'list', name }
    this.#write('list', name === undefined ? { flags } : { setname: name, flags }, 'fail')
    return this.socket.collect<Item>(
      this.#writer,
      (refusal) => explain(request, refusal),
      (message, items) => {
        const item = read(setMessage.read(payloadOf(message)))
        if (item !== undefined) items.push(item)
      },
    )
  }

  /**
   * As `list`, with the kernel's work done in another thread.
   * @throws KernelError when the kernel refuses it
   */
  async listInThread<Item>(
    name: string | undefined,
    flags: number,
    read: (values: SetValues) => Item | undefined,
  ): Promise<Item[]> {
    const items: Item[] = []
    const values = name === undefined ? { flags } : { setname: name, flags }
    for await (const message of this.#dumpInThread(name, values)) {
      const item = read(setMessage.read(payloadOf(message)))
      if (item !== undefined) items.push(item)
    }
    return items
  }

  /**
   * The entries of a set as the kernel sends them, many payloads of IPSET_ATTR_ADT, each valid until the next one is
   * asked for. The kernel's work is done in another thread.
   */
  async *payloadsInThread(name: string): AsyncGenerator<Payload, void> {
    for await (const message of this.#dumpInThread(name, { setname: name }))
      for (const attribute of attributesIn(payloadOf(message)))
        if ((attribute.type & NLA_TYPE_MASK) === entriesNumber) yield attribute
  }

  async *#dumpInThread(name: string | undefined, values: SetValues): AsyncGenerator<NetlinkMessage, void> {
    using socket = new NetlinkSocket()
    const writer = new MessageWriter(256)
    this.#write('list', values, 'ignore', writer)
    yield* socket.dumpInThread(writer, (refusal) => explain({ command: 'list', name }, refusal))
  }

  /** What is read from the payloads of a set's entries, within the call. A listing holds its socket, so it opens its own. */
  payloads<Item>(name: string, read: (payload: Payload) => Item[]): Item[] {
    using socket = new NetlinkSocket()
    const writer = new MessageWriter(256)
    this.#write('list', { setname: name }, 'ignore', writer)
    const items: Item[] = []
    for (const message of socket.dump(writer, (refusal) => explain({ command: 'list', name }, refusal)))
      for (const attribute of attributesIn(payloadOf(message)))
        if ((attribute.type & NLA_TYPE_MASK) === entriesNumber)
          for (const item of read(attribute)) items.push(item)
    return items
  }

  [Symbol.dispose](): void {
    this.socket.close()
  }

  #negotiate(): number {
    beginMessage(this.#writer, 'protocol', 0)
    setMessage.write(this.#writer, { protocol: protocolVersions.maximum })
    const answer = this.socket.query(this.#writer, (refusal) =>
      refusal.errno === EINVAL ? noIpset(refusal) : explain({ command: 'protocol' }, refusal),
    )
    const { protocol: highest = 0, minimum: lowest = highest } = setMessage.read(payloadOf(answer))
    return commonVersion(lowest, highest)
  }

  #write(command: Command, values: SetValues, exists: Exists, writer = this.#writer): void {
    beginMessage(writer, command, exists === 'ignore' ? 0 : NLM_F_EXCL)
    setMessage.write(writer, { protocol: this.version, ...values })
  }

  #pair(command: 'swap' | 'rename', name: string, name2: string): Refusal | undefined {
    beginMessage(this.#writer, command, NLM_F_EXCL)
    renameMessage.write(this.#writer, { protocol: this.version, setname: name, setname2: name2 })
    return this.socket.acknowledge(this.#writer)
  }

  #acknowledge(request: Request): void {
    const refusal = this.socket.acknowledge(this.#writer)
    if (refusal !== undefined) throw explain(request, refusal)
  }
}

/**
 * The highest version of the protocol that a kernel with the versions `lowest` to `highest` and this library speak.
 * @throws KernelError `no-ipset-support`
 */
export function commonVersion(lowest: number, highest: number): number {
  const version = Math.min(highest, protocolVersions.maximum)
  if (version >= Math.max(lowest, protocolVersions.minimum)) return version
  throw new KernelError(
    'no-ipset-support',
    `This kernel speaks the versions ${lowest} to ${highest} of ipset's protocol, this library ${protocolVersions.minimum} to ${protocolVersions.maximum}.`,
    { operation: 'ipset protocol' },
  )
}

function payloadOf({ bytes, view, start, end }: NetlinkMessage): Payload {
  return { bytes, view, start: Math.min(start + generalMessageLength, end), end }
}

/** nfnetlink answers EINVAL for a subsystem that is not there. */
function noIpset({ errno }: Refusal): KernelError {
  return new KernelError(
    'no-ipset-support',
    'This kernel has no ipset. Load the module ip_set, or use a kernel that was built with it.',
    { operation: 'ipset protocol', errno },
  )
}
