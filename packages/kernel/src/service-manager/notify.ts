import {
  AF_UNIX,
  close,
  connect,
  MSG_DONTWAIT,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SystemCallError,
  send,
  socket,
} from '../syscalls.ts'
import { unixAddress } from '../unix-address.ts'

/**
 * Tells the service manager something, as sd_notify(3) does: one datagram to the unix socket that it named. It never
 * waits for the service manager.
 *
 * @param address the value of NOTIFY_SOCKET: an absolute path, or `@` and a name of the abstract kind
 * @param assignments such as `READY=1`
 * @returns whether the service manager has it
 */
export function notify(address: string, assignments: readonly string[]): boolean {
  if (!/^[/@]./.test(address)) return false
  const message = Buffer.from(assignments.join('\n'))
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  try {
    connect(descriptor, unixAddress(address))
    return send(descriptor, message, message.length, MSG_DONTWAIT) === message.length
  } catch (error) {
    if (error instanceof SystemCallError) return false
    throw error
  } finally {
    close(descriptor)
  }
}
