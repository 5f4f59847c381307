/**
 * The system calls of this package, through koffi: the only file that calls C.
 *
 * Every function returns what libc returns, except that a failure is thrown as a SystemCallError and that a call
 * that a signal interrupted is made again.
 */
import koffi, { type KoffiFunc } from 'koffi'
import { EINTR, errnoName } from './errno.ts'

/** bits/socket.h and asm-generic/socket.h. */
export const AF_NETLINK = 16
export const SOCK_RAW = 3
export const SOCK_CLOEXEC = 0o2000000
export const SOL_SOCKET = 1
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_SNDBUFFORCE = 32
export const SO_RCVBUFFORCE = 33
export const SOL_NETLINK = 270
export const MSG_TRUNC = 0x20
export const MSG_DONTWAIT = 0x40

/** linux/time.h. */
export const CLOCK_MONOTONIC_COARSE = 6

/** linux/sched.h. */
export const CLONE_NEWNS = 0x00020000
export const CLONE_NEWUSER = 0x10000000
export const CLONE_NEWNET = 0x40000000

const libc = koffi.load(null)

const libcSocket: (domain: number, type: number, protocol: number) => number = libc.func(
  'int socket(int domain, int type, int protocol)',
)
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
const libcSend: KoffiFunc<(descriptor: number, buffer: Uint8Array, length: number, flags: number) => number> =
  libc.func('intptr_t send(int descriptor, const void *buffer, size_t length, int flags)')
const libcRecv: (descriptor: number, buffer: Uint8Array, length: number, flags: number) => number = libc.func(
  'intptr_t recv(int descriptor, void *buffer, size_t length, int flags)',
)
const libcClose: (descriptor: number) => number = libc.func('int close(int descriptor)')
const libcClockGetres: (clock: number, resolution: Uint8Array) => number = libc.func(
  'int clock_getres(int clock, void *resolution)',
)
const libcUnshare: (flags: number) => number = libc.func('int unshare(int flags)')

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
