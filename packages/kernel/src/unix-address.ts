import { AF_UNIX } from './syscalls.ts'

/**
 * struct sockaddr_un of unix(7): the name of an abstract socket begins with a zero byte and has no other end.
 * @param address a path, or `@` and a name of the abstract kind
 */
export function unixAddress(address: string): Uint8Array {
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer)
  const path = address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`
  return Buffer.concat([family, Buffer.from(path)])
}
