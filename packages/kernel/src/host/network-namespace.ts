import { statSync } from 'node:fs'
import {
  AF_NETLINK,
  close,
  getsockoptLong,
  SO_NETNS_COOKIE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_SOCKET,
  SystemCallError,
  socket,
} from '../syscalls.ts'

/**
 * A name for the network namespace of this process that no other one has until the machine is started anew.
 * Before Linux 5.14 it is the number of its file, which one that is made later may get again.
 */
export function networkNamespace(): string {
  const descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)
  try {
    return `net-${getsockoptLong(descriptor, SOL_SOCKET, SO_NETNS_COOKIE).toString(36)}`
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    return `net-file-${statSync('/proc/self/ns/net').ino.toString(36)}`
  } finally {
    close(descriptor)
  }
}
