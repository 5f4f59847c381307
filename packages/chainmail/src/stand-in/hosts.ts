import { isIP } from 'node:net'
import { type Family, resolveHost } from '@chainmail/kernel'

const ADDRESS_OPTION = /^(?:-[sd]|--(?:source|src|destination|dst))$/
const ATTACHED = /^(--(?:source|src|destination|dst)=|-[sd])(.+)$/s

/**
 * The words of a command with its host names replaced by all of their addresses, as iptables looks them up; undefined
 * where there is none, or one has no address of the family.
 */
export async function resolveHosts(
  words: readonly string[],
  family: Family,
): Promise<readonly string[] | undefined> {
  let found = false
  const resolved: string[] = []
  for (const [at, word] of words.entries()) {
    const [, option = '', attached] = ATTACHED.exec(word) ?? []
    const value = attached ?? (ADDRESS_OPTION.test(words[at - 1] ?? '') ? word : undefined)
    const addresses = value === undefined ? undefined : await resolveList(value, family)
    if (addresses === undefined && value !== undefined) return undefined
    if (addresses !== undefined && addresses !== value) found = true
    resolved.push(addresses === undefined ? word : `${option}${addresses}`)
  }
  return found ? resolved : undefined
}

async function resolveList(list: string, family: Family): Promise<string | undefined> {
  const resolved: string[] = []
  for (const item of list.split(',')) {
    const [host = '', ...mask] = item.split('/')
    const isAddress = isIP(host) !== 0 || /^[\d.:]*$/.test(host)
    const addresses = isAddress ? [host] : await resolveHost(host, family)
    if (addresses.length === 0) return undefined
    resolved.push(...addresses.map((address) => [address, ...mask].join('/')))
  }
  return resolved.join(',')
}
