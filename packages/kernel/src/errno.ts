import { constants } from 'node:os'
import { getSystemErrorMessage } from 'node:util'

/** asm-generic/errno-base.h and errno.h: the numbers that this package compares with. */
export const EPERM = 1
export const ENOENT = 2
export const EINTR = 4
export const ECHILD = 10
export const EAGAIN = 11
export const ENOMEM = 12
export const EACCES = 13
export const EBUSY = 16
export const EEXIST = 17
export const EINVAL = 22
export const EPROTONOSUPPORT = 93
export const EOPNOTSUPP = 95
export const EAFNOSUPPORT = 97
export const ENOBUFS = 105

/** Linux gives some numbers two names; these are the ones that its man pages use. */
const preferredNames: ReadonlyMap<number, string> = new Map([
  [EAGAIN, 'EAGAIN'],
  [EOPNOTSUPP, 'EOPNOTSUPP'],
])

const names: ReadonlyMap<number, string> = new Map([
  ...Object.entries(constants.errno).map(([name, number]): [number, string] => [number, name]),
  ...preferredNames,
])

/** The name of a positive errno: `EBUSY`, or `errno 4099` for a number that errno.h does not have. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`
}

/** What strerror(3) says of a positive errno, in lower case: `permission denied`. */
export function errnoSentence(errno: number): string {
  return names.has(errno) ? getSystemErrorMessage(-errno) : errnoName(errno)
}
