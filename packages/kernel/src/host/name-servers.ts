import { textOf } from './text-of.ts'

/** resolv.conf(5): the keyword, blanks, the address. */
const NAME_SERVER = /^nameserver[ \t]+(\S+)/gmu

/** The name servers of resolv.conf(5), in their order and without zones; none where there is no such file. */
export function nameServers(path = '/etc/resolv.conf'): string[] {
  return parseNameServers(textOf(path))
}

export function parseNameServers(text: string): string[] {
  return Array.from(text.matchAll(NAME_SERVER), ([, address = '']) => address.replace(/%.*/u, ''))
}
