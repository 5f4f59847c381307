/**
 * A netlink socket for requests and dumps.
 *
 * Goals, and how each is reached:
 * 1. Microseconds: everything is synchronous. The kernel handles a request inside send(2), so its answer is in the
 *    receive queue when send returns, and the socket never waits: no answer is an error.
 * 2. An answer belongs to its question: every request has its own sequence number, answers with another are those of
 *    a request that failed half-way and are skipped, answers for another port are an error. The socket is connected
 *    to the kernel, so no other process can send it anything.
 * 3. The kernel's own words reach the caller: extended acks are asked for, and a refusal carries them.
 * 4. A failure leaves the socket usable: a lost or unfinished answer is drained.
 *
 * Source: netlink(7), linux/netlink.h.
 */
import { EAFNOSUPPORT, EAGAIN, EINTR, ENOBUFS, EPROTONOSUPPORT } from '../errno.ts'
import { KernelError } from '../errors.ts'
import {
  AF_NETLINK,
  bind,
  close,
  connect,
  getsockname,
  MSG_DONTWAIT,
  MSG_TRUNC,
  recv,
  recvInThread,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
  SystemCallError,
  send,
  sendInThread,
  setsockopt,
  socket,
} from '../syscalls.ts'
import {
  hostLittleEndian,
  type MessageWriter,
  type NetlinkMessage,
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  NLMSG_OVERRUN,
  readMessage,
} from './message.ts'
import { type Refusal, readRefusal } from './refusal.ts'

export const NETLINK_NETFILTER = 12

const NETLINK_CAP_ACK = 10
const NETLINK_EXT_ACK = 11

/** struct sockaddr_nl: family (16 bits), padding, port, groups (32 bits each). */
const socketAddressLength = 12

/** How often a dump is begun anew when what it reads changes meanwhile. */
const dumpAttempts = 10

const receiveFlags = MSG_DONTWAIT | MSG_TRUNC

/** How far a dump has come. */
interface DumpProgress {
  done: boolean
  interrupted: boolean
}

export interface NetlinkSocketOptions {
  /** The netlink family; 12, NETLINK_NETFILTER, unless told otherwise. */
  protocol?: number
  /** Size of the socket's receive queue in bytes, for dumps and events; the kernel's default unless told otherwise. */
  receiveBufferSize?: number
  /** The longest message that can be sent, in bytes; the kernel's default (about 200,000) unless told otherwise. */
  sendBufferSize?: number
}

/** Makes the error for a request that the kernel refused. */
export type Explain = (refusal: Refusal) => Error

export class NetlinkSocket implements Disposable {
  readonly portId: number
  readonly #descriptor: number
  #closed = false
  /** In the middle of a dump, or of a request in another thread. */
  #busy = false
  #sequence = 0
  /** A dump's messages are as long as the longest receive so far, 32 KiB at most; ipset echoes requests of 64 KiB. */
  #bytes = new Uint8Array(128 * 1024)
  #view = new DataView(this.#bytes.buffer)
  /** What was received before lies in it while the next is received in another thread. */
  #otherBytes: Uint8Array<ArrayBuffer> | undefined

  /** @throws KernelError when the kernel lacks the protocol, or the process has no file descriptors left */
  constructor(options: NetlinkSocketOptions = {}) {
    this.#descriptor = openDescriptor(options.protocol ?? NETLINK_NETFILTER)
    try {
      this.portId = this.#connectToKernel()
      setsockopt(this.#descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1)
      setsockopt(this.#descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1)
      if (options.receiveBufferSize !== undefined)
        this.#resizeBuffer(SO_RCVBUFFORCE, SO_RCVBUF, options.receiveBufferSize)
      if (options.sendBufferSize !== undefined)
        this.#resizeBuffer(SO_SNDBUFFORCE, SO_SNDBUF, options.sendBufferSize)
    } catch (error) {
      close(this.#descriptor)
      throw error
    }
  }

  #connectToKernel(): number {
    const address = new Uint8Array(socketAddressLength)
    const view = new DataView(address.buffer)
    view.setUint16(0, AF_NETLINK, hostLittleEndian)
    bind(this.#descriptor, address)
    connect(this.#descriptor, address)
    getsockname(this.#descriptor, address)
    return view.getUint32(4, hostLittleEndian)
  }

  /** The forced option exceeds net.core.rmem_max and wmem_max, and needs CAP_NET_ADMIN in the first namespace. */
  #resizeBuffer(forced: number, limited: number, size: number): void {
    try {
      setsockopt(this.#descriptor, SOL_SOCKET, forced, size)
    } catch {
      setsockopt(this.#descriptor, SOL_SOCKET, limited, size)
    }
  }

  /** Sends a request and returns the kernel's refusal, or undefined when the kernel acknowledged it. */
  acknowledge(request: MessageWriter): Refusal | undefined {
    return this.#acknowledgement(request, this.#send(request, NLM_F_REQUEST | NLM_F_ACK))
  }

  /**
   * As `acknowledge`, with the kernel's work done in another thread: it costs some 40 µs more and does not hold the
   * event loop. The request must not change, and other calls on this socket throw `netlink-busy`, until it is done.
   */
  async acknowledgeInThread(request: MessageWriter): Promise<Refusal | undefined> {
    return this.#acknowledgement(request, await this.#sendInThread(request, NLM_F_REQUEST | NLM_F_ACK))
  }

  #acknowledgement(request: MessageWriter, sequence: number): Refusal | undefined {
    for (;;) {
      const length = this.#receive()
      for (let offset = 0; offset < length; ) {
        const message = readMessage(this.#bytes, this.#view, offset, length)
        if (this.#answers(message, sequence) && message.type === NLMSG_ERROR)
          return readRefusal(message, request)
        offset = message.end + (-message.end & 3)
      }
    }
  }

  /**
   * Sends a request that is answered with one message, and returns that message. It lies in the receive buffer: it is
   * valid until the next call.
   */
  query(request: MessageWriter, explain: Explain): NetlinkMessage {
    const sequence = this.#send(request, NLM_F_REQUEST)
    for (;;) {
      const length = this.#receive()
      for (let offset = 0; offset < length; ) {
        const message = readMessage(this.#bytes, this.#view, offset, length)
        if (this.#answers(message, sequence)) {
          if (message.type !== NLMSG_ERROR) return message
          const refusal = readRefusal(message, request)
          if (refusal !== undefined) throw explain(refusal)
        }
        offset = message.end + (-message.end & 3)
      }
    }
  }

  /**
   * Sends a dump request and yields its messages. Each is valid until the next one is asked for. Until the generator
   * is finished or closed, other calls on this socket throw `netlink-busy`.
   * @throws KernelError `netlink-dump-interrupted` at the end when what was read changed meanwhile
   */
  *dump(request: MessageWriter, explain: Explain): Generator<NetlinkMessage, void> {
    const sequence = this.#send(request, NLM_F_REQUEST | NLM_F_DUMP)
    const progress: DumpProgress = { done: false, interrupted: false }
    this.#busy = true
    try {
      while (!progress.done) yield* this.#dumped(this.#receive(), request, sequence, explain, progress)
    } finally {
      this.#busy = false
      if (!progress.done) this.#drain()
    }
    if (progress.interrupted) throw dumpInterrupted()
  }

  /**
   * As `dump`, with the kernel's work done in another thread: the next messages are received while the caller looks at
   * these. Whoever gives it up before its end closes the socket: reading the rest, which is what ends a dump, could
   * take long.
   */
  async *dumpInThread(request: MessageWriter, explain: Explain): AsyncGenerator<NetlinkMessage, void> {
    const sequence = await this.#sendInThread(request, NLM_F_REQUEST | NLM_F_DUMP)
    const progress: DumpProgress = { done: false, interrupted: false }
    this.#busy = true
    let receiving = recvInThread(this.#descriptor, this.#bytes, receiveFlags)
    try {
      while (!progress.done) {
        // What failed in the other thread is tried again here, for the reason.
        const length = (await receiving) ?? this.#receive()
        const messages = this.#dumped(this.#fitting(length), request, sequence, explain, progress)
        if (!progress.done) {
          this.#changeBuffers()
          receiving = recvInThread(this.#descriptor, this.#bytes, receiveFlags)
        }
        yield* messages
      }
    } finally {
      await receiving
      this.#busy = false
      if (!progress.done) this.close()
    }
    if (progress.interrupted) throw dumpInterrupted()
  }

  /** The messages of a dump among what was received. */
  #dumped(
    length: number,
    request: MessageWriter,
    sequence: number,
    explain: Explain,
    progress: DumpProgress,
  ): NetlinkMessage[] {
    const messages: NetlinkMessage[] = []
    for (let offset = 0; offset < length && !progress.done; ) {
      const message = readMessage(this.#bytes, this.#view, offset, length)
      offset = message.end + (-message.end & 3)
      if (!this.#answers(message, sequence)) continue
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) progress.interrupted = true
      if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
        progress.done = true
        const refusal = readRefusal(message, request)
        if (refusal?.errno === EINTR) progress.interrupted = true
        else if (refusal !== undefined) throw explain(refusal)
      } else messages.push(message)
    }
    return messages
  }

  #changeBuffers(): void {
    const bytes = this.#otherBytes ?? new Uint8Array(this.#bytes.length)
    this.#otherBytes = this.#bytes
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }

  /** Reads a whole dump into an array, and begins anew, up to ten times, when it was interrupted by a change. */
  collect<Item>(
    request: MessageWriter,
    explain: Explain,
    decode: (message: NetlinkMessage, items: Item[]) => void,
  ): Item[] {
    for (let attempt = 1; ; attempt++) {
      try {
        const items: Item[] = []
        for (const message of this.dump(request, explain)) decode(message, items)
        return items
      } catch (error) {
        const again = error instanceof KernelError && error.code === 'netlink-dump-interrupted'
        if (!again || attempt === dumpAttempts) throw error
      }
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    close(this.#descriptor)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Completes the request's header and sends it. Returns its sequence number. */
  #send(request: MessageWriter, flags: number): number {
    const bytes = this.#prepare(request, flags)
    try {
      send(this.#descriptor, bytes, request.length, MSG_DONTWAIT)
    } catch (error) {
      throw explainSystemCall(error)
    }
    return this.#sequence
  }

  async #sendInThread(request: MessageWriter, flags: number): Promise<number> {
    const bytes = this.#prepare(request, flags)
    this.#busy = true
    try {
      await sendInThread(this.#descriptor, bytes, request.length, MSG_DONTWAIT)
    } catch (error) {
      throw explainSystemCall(error)
    } finally {
      this.#busy = false
    }
    return this.#sequence
  }

  /** Completes the request's header with the next sequence number. Returns its bytes. */
  #prepare(request: MessageWriter, flags: number): Uint8Array {
    if (this.#closed)
      throw new KernelError('netlink-closed', 'The netlink socket is closed. Open a new one.', {
        operation: 'netlink send',
      })
    if (this.#busy)
      throw new KernelError(
        'netlink-busy',
        'The netlink socket is in the middle of a dump, or of a request in another thread. Wait for its end, or use a socket of its own.',
        { operation: 'netlink send' },
      )
    this.#sequence = this.#sequence === 0xffffffff ? 1 : this.#sequence + 1
    request.finish(flags, this.#sequence)
    return request.start === 0 ? request.bytes : request.bytes.subarray(request.start)
  }

  /** Receives into the buffer and returns how many bytes of it are filled. */
  #receive(): number {
    try {
      return this.#fitting(recv(this.#descriptor, this.#bytes, receiveFlags))
    } catch (error) {
      throw this.#receiveFailed(error)
    }
  }

  #receiveFailed(error: unknown): unknown {
    if (!(error instanceof SystemCallError)) return error
    if (error.errno === ENOBUFS) return this.#overrun()
    if (error.errno !== EAGAIN) return systemCallFailed(error)
    return new KernelError(
      'netlink-no-answer',
      'The kernel did not answer a netlink request. Its outcome is unknown: read the state back.',
      { operation: 'netlink receive', errno: EAGAIN },
    )
  }

  /** @throws KernelError `netlink-truncated` for a message that is longer than the buffer */
  #fitting(length: number): number {
    if (length <= this.#bytes.length) return length
    const capacity = this.#bytes.length
    this.#bytes = new Uint8Array(2 * length)
    this.#view = new DataView(this.#bytes.buffer)
    this.#drain()
    throw new KernelError(
      'netlink-truncated',
      `A netlink message of ${length} bytes came into a buffer of ${capacity}. The buffer has grown: read the state back and repeat the request if needed.`,
      { operation: 'netlink receive' },
    )
  }

  /** Whether a message is part of the answer to the request with that sequence number. */
  #answers(message: NetlinkMessage, sequence: number): boolean {
    if (message.portId !== this.portId)
      throw new KernelError(
        'netlink-malformed',
        `A netlink message for port ${message.portId} came to port ${this.portId}.`,
        { operation: 'netlink receive' },
      )
    if (message.type === NLMSG_OVERRUN) throw this.#overrun()
    return message.sequence === sequence && message.type !== NLMSG_NOOP
  }

  #overrun(): KernelError {
    this.#drain()
    return new KernelError(
      'netlink-overrun',
      "The kernel's answer did not fit the netlink socket's receive buffer and was lost. Read the state back, and open the socket with a larger receiveBufferSize.",
      { operation: 'netlink receive', errno: ENOBUFS },
    )
  }

  /** Throws away whatever is in the receive queue; reading an unfinished dump to its end is what ends it. */
  #drain(): void {
    for (;;) {
      try {
        recv(this.#descriptor, this.#bytes, receiveFlags)
      } catch (error) {
        if (error instanceof SystemCallError && error.errno === ENOBUFS) continue
        return
      }
    }
  }
}

function openDescriptor(protocol: number): number {
  try {
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    if (error.errno === EPROTONOSUPPORT || error.errno === EAFNOSUPPORT)
      throw new KernelError(
        'no-netlink-support',
        `This kernel has no netlink protocol ${protocol}${protocol === NETLINK_NETFILTER ? ' (its module nfnetlink is missing)' : ''}.`,
        { operation: 'netlink open', errno: error.errno, cause: error },
      )
    throw systemCallFailed(error)
  }
}

function dumpInterrupted(): KernelError {
  return new KernelError(
    'netlink-dump-interrupted',
    'What the kernel was asked to list changed while it was read. Read it again.',
    { operation: 'netlink dump' },
  )
}

function explainSystemCall(error: unknown): unknown {
  return error instanceof SystemCallError ? systemCallFailed(error) : error
}

function systemCallFailed(error: SystemCallError): KernelError {
  return new KernelError('system-call-failed', `The system call failed: ${error.message}.`, {
    operation: `netlink ${error.call}`,
    errno: error.errno,
    cause: error,
  })
}
