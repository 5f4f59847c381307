/**
 * The system calls of this package, through koffi: this file and spawn.ts alone call C.
 *
 * Every function returns what libc returns, except that a failure is thrown as a SystemCallError and that a call
 * that a signal interrupted is made again.
 */
import koffi, { type KoffiFunc } from 'koffi'
import { EAGAIN, EINTR, errnoName } from './errno.ts'

/** bits/socket.h and asm-generic/socket.h. */
export const AF_UNIX = 1
export const AF_INET = 2
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_CLOEXEC = 0o2000000
export const SOL_SOCKET = 1
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_PEERCRED = 17
export const SO_ATTACH_FILTER = 26
export const SO_SNDBUFFORCE = 32
export const SO_RCVBUFFORCE = 33
export const SO_NETNS_COOKIE = 71
/** linux/in.h: IPPROTO_IP, IPPROTO_IPV6 and IPPROTO_RAW, as protocols and as levels of options. */
export const IPPROTO_IP = 0
export const IPPROTO_IPV6 = 41
export const IPPROTO_RAW = 255
export const SOL_NETLINK = 270
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40

/** linux/time.h. */
export const CLOCK_MONOTONIC_COARSE = 6

/** asm-generic/mman-common.h. */
const MADV_DONTNEED = 4

/** linux/sched.h. */
export const CLONE_NEWNS = 0x00020000
export const CLONE_NEWUSER = 0x10000000
export const CLONE_NEWNET = 0x40000000

const libc = koffi.load(null)

const libcSocket: (domain: number, type: number, protocol: number) => number = libc.func(
  'int socket(int domain, int type, int protocol)',
)
const libcSocketpair: (domain: number, type: number, protocol: number, pair: Uint8Array) => number =
  libc.func('int socketpair(int domain, int type, int protocol, void *pair)')
const libcBind: (descriptor: number, address: Uint8Array, length: number) => number = libc.func(
  'int bind(int descriptor, const void *address, uint32_t length)',
)
const libcConnect: (descriptor: number, address: Uint8Array, length: number) => number = libc.func(
  'int connect(int descriptor, const void *address, uint32_t length)',
)
const libcGetsockname: (descriptor: number, address: Uint8Array, length: Uint8Array) => number = libc.func(
  'int getsockname(int descriptor, void *address, void *length)',
)
const libcSetsockopt: (
  descriptor: number,
  level: number,
  option: number,
  value: Uint8Array,
  length: number,
) => number = libc.func(
  'int setsockopt(int descriptor, int level, int option, const void *value, uint32_t length)',
)
// linux/filter.h.
koffi.struct('sock_fprog', { len: 'uint16_t', filter: 'const void *' })
const libcAttachFilter: (
  descriptor: number,
  level: number,
  option: number,
  program: { readonly len: number; readonly filter: Uint8Array },
  length: number,
) => number = libc.func(
  'int setsockopt(int descriptor, int level, int option, const sock_fprog *program, uint32_t length)',
)
const libcGetsockopt: (
  descriptor: number,
  level: number,
  option: number,
  value: Uint8Array,
  length: Uint8Array,
) => number = libc.func('int getsockopt(int descriptor, int level, int option, void *value, void *length)')
const libcSend: KoffiFunc<(descriptor: number, buffer: Uint8Array, length: number, flags: number) => number> =
  libc.func('intptr_t send(int descriptor, const void *buffer, size_t length, int flags)')
const libcRecv: KoffiFunc<(descriptor: number, buffer: Uint8Array, length: number, flags: number) => number> =
  libc.func('intptr_t recv(int descriptor, void *buffer, size_t length, int flags)')
const libcClose: (descriptor: number) => number = libc.func('int close(int descriptor)')
const libcClockGetres: (clock: number, resolution: Uint8Array) => number = libc.func(
  'int clock_getres(int clock, void *resolution)',
)
const libcUnshare: (flags: number) => number = libc.func('int unshare(int flags)')

const libcMadvise: (address: number, length: number, advice: number) => number = libc.func(
  'int madvise(uintptr_t address, size_t length, int advice)',
)

/** A system call that failed, with its name and errno: `message` reads `recv: ENOBUFS`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError'
  readonly call: string
  readonly errno: number

  constructor(call: string, errno: number) {
    super(`${call}: ${errnoName(errno)}`)
    this.call = call
    this.errno = errno
  }
}

/** socket(2). Returns the file descriptor. */
export function socket(domain: number, type: number, protocol: number): number {
  const descriptor = libcSocket(domain, type, protocol)
  if (descriptor < 0) throw new SystemCallError('socket', koffi.errno())
  return descriptor
}

/** socketpair(2): two sockets that are connected, closed to programs that are started. */
export function socketpair(): readonly [number, number] {
  const pair = new Int32Array(2)
  if (libcSocketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, new Uint8Array(pair.buffer)) < 0)
    throw new SystemCallError('socketpair', koffi.errno())
  const [one = -1, other = -1] = pair
  return [one, other]
}

/** bind(2). */
export function bind(descriptor: number, address: Uint8Array): void {
  if (libcBind(descriptor, address, address.length) < 0) throw new SystemCallError('bind', koffi.errno())
}

/** connect(2). */
export function connect(descriptor: number, address: Uint8Array): void {
  if (libcConnect(descriptor, address, address.length) < 0)
    throw new SystemCallError('connect', koffi.errno())
}

/** getsockname(2). Fills `address` with the socket address that the kernel chose. */
export function getsockname(descriptor: number, address: Uint8Array): void {
  const length = new Uint8Array(Uint32Array.of(address.length).buffer)
  if (libcGetsockname(descriptor, address, length) < 0)
    throw new SystemCallError('getsockname', koffi.errno())
}

/** setsockopt(2) with an int value. */
export function setsockopt(descriptor: number, level: number, option: number, value: number): void {
  const bytes = new Uint8Array(Int32Array.of(value).buffer)
  if (libcSetsockopt(descriptor, level, option, bytes, bytes.length) < 0)
    throw new SystemCallError('setsockopt', koffi.errno())
}

/** One instruction of the classic packet filter, struct sock_filter of linux/filter.h. */
export interface FilterInstruction {
  readonly code: number
  /** Instructions to skip where a comparison is true, and where it is false. */
  readonly ifTrue?: number
  readonly ifFalse?: number
  readonly value: number
}

/** setsockopt(2), SO_ATTACH_FILTER: only messages for which the program returns more than 0 are received. */
export function attachFilter(descriptor: number, instructions: readonly FilterInstruction[]): void {
  const filter = new Uint8Array(8 * instructions.length)
  for (const [index, { code, ifTrue = 0, ifFalse = 0, value }] of instructions.entries()) {
    filter.set(new Uint8Array(Uint16Array.of(code).buffer), 8 * index)
    filter.set([ifTrue, ifFalse], 8 * index + 2)
    filter.set(new Uint8Array(Uint32Array.of(value).buffer), 8 * index + 4)
  }
  // struct sock_fprog: a short, padding, and a pointer.
  const length = 2 * koffi.sizeof('void *')
  const program = { len: instructions.length, filter }
  if (libcAttachFilter(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, length) < 0)
    throw new SystemCallError('setsockopt', koffi.errno())
}

/** getsockopt(2): `value` is the question, and becomes the answer. */
export function getsockoptBytes(descriptor: number, level: number, option: number, value: Uint8Array): void {
  const length = new Uint8Array(Uint32Array.of(value.length).buffer)
  if (libcGetsockopt(descriptor, level, option, value, length) < 0)
    throw new SystemCallError('getsockopt', koffi.errno())
}

/** getsockopt(2) of an unsigned 64-bit value. */
export function getsockoptLong(descriptor: number, level: number, option: number): bigint {
  const value = new BigUint64Array(1)
  const length = new Uint8Array(Uint32Array.of(value.byteLength).buffer)
  if (libcGetsockopt(descriptor, level, option, new Uint8Array(value.buffer), length) < 0)
    throw new SystemCallError('getsockopt', koffi.errno())
  return value[0] ?? 0n
}

/** send(2) of the first `length` bytes of `buffer`. Returns how many bytes were sent. */
export function send(descriptor: number, buffer: Uint8Array, length: number, flags: number): number {
  for (;;) {
    const sent = libcSend(descriptor, buffer, length, flags)
    if (sent >= 0) return sent
    const errno = koffi.errno()
    if (errno !== EINTR) throw new SystemCallError('send', errno)
  }
}

/** recv(2) into `buffer`. With MSG_TRUNC, returns the message's whole length, which may exceed the buffer's. */
export function recv(descriptor: number, buffer: Uint8Array, flags: number): number {
  for (;;) {
    const received = libcRecv(descriptor, buffer, buffer.length, flags)
    if (received >= 0) return received
    const errno = koffi.errno()
    if (errno !== EINTR) throw new SystemCallError('recv', errno)
  }
}

/** recv(2) of what is there; undefined for nothing, in a few microseconds: to make an error takes ten. */
export function receiveNow(descriptor: number, buffer: Uint8Array): number | undefined {
  const received = libcRecv(descriptor, buffer, buffer.length, MSG_DONTWAIT)
  if (received >= 0) return received
  const errno = koffi.errno()
  if (errno === EAGAIN || errno === EINTR) return undefined
  throw new SystemCallError('recv', errno)
}

/**
 * send(2) in another thread, for what keeps the kernel busy inside the call; `buffer` must not change meanwhile.
 * There is no errno from another thread, so a call that failed, of which the kernel took nothing, is made again here.
 */
export async function sendInThread(
  descriptor: number,
  buffer: Uint8Array,
  length: number,
  flags: number,
): Promise<number> {
  const sent = await new Promise<number>((resolve, reject) => {
    libcSend.async(descriptor, buffer, length, flags, (error: Error | null, bytes: number) => {
      if (error === null) resolve(bytes)
      else reject(error)
    })
  })
  return sent < 0 ? send(descriptor, buffer, length, flags) : sent
}

/**
 * recv(2) in another thread, for what keeps the kernel busy inside the call; `buffer` belongs to it meanwhile. There is
 * no errno from another thread: undefined says that nothing was received.
 */
export async function recvInThread(
  descriptor: number,
  buffer: Uint8Array,
  flags: number,
): Promise<number | undefined> {
  const received = await new Promise<number>((resolve, reject) => {
    libcRecv.async(descriptor, buffer, buffer.length, flags, (error: Error | null, bytes: number) => {
      if (error === null) resolve(bytes)
      else reject(error)
    })
  })
  return received < 0 ? undefined : received
}

/** close(2). */
export function close(descriptor: number): void {
  if (libcClose(descriptor) < 0) throw new SystemCallError('close', koffi.errno())
}

/** clock_getres(2), in nanoseconds. */
export function clockResolution(clock: number): number {
  // struct timespec of the 64-bit ABIs, which is all that koffi's builds for Linux and Node 24 have in common.
  const timespec = new BigInt64Array(2)
  if (libcClockGetres(clock, new Uint8Array(timespec.buffer)) < 0)
    throw new SystemCallError('clock_getres', koffi.errno())
  const [seconds = 0n, nanoseconds = 0n] = timespec
  return Number(seconds * 1_000_000_000n + nanoseconds)
}

/**
 * unshare(2): gives the calling thread namespaces of its own (CLONE_NEWNET for a network namespace).
 * CLONE_NEWUSER needs a process with a single thread, which Node never is.
 */
export function unshare(flags: number): void {
  if (libcUnshare(flags) < 0) throw new SystemCallError('unshare', koffi.errno())
}

/**
 * madvise(2), MADV_DONTNEED: pages of a private mapping go, and come back from its file when they are read.
 * @param mapping one that has no page of its own, for such a page would be lost
 */
export function adviseUnneeded({
  address,
  length,
}: {
  readonly address: number
  readonly length: number
}): void {
  if (libcMadvise(address, length, MADV_DONTNEED) < 0) throw new SystemCallError('madvise', koffi.errno())
}

/** malloc_trim(3) in another thread. */
export async function trimAllocations(): Promise<void> {
  const trim = mallocTrim()
  if (trim === undefined) return
  await new Promise<void>((resolve, reject) => {
    trim.async(0, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })
}

/** Undefined where the C library is not glibc, which alone has it. */
function mallocTrim(): KoffiFunc<(pad: number) => number> | undefined {
  try {
    return libc.func('int malloc_trim(size_t pad)')
  } catch {
    return undefined
  }
}
