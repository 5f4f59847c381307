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
    connect(descriptor, socketAddress(address))
    return send(descriptor, message, message.length, MSG_DONTWAIT) === message.length
  } catch (error) {
    if (error instanceof SystemCallError) return false
    throw error
  } finally {
    close(descriptor)
  }
}

/** struct sockaddr_un of unix(7): the name of an abstract socket begins with a zero byte and has no other end. */
function socketAddress(address: string): Uint8Array {
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer)
  const path = address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`
  return Buffer.concat([family, Buffer.from(path)])
}
