/** The names under which the model knows what stands in the kernel. An entry of a set is `SET ELEMENT`. */

const suffixes: Readonly<Record<string, string>> = {
  everything: '',
  input: '-input',
  output: '-output',
  forward: '-forward',
}

/** The entry of a ban, whose scope is a word of one element: `everything`, `interface:eth0`, `tcp:22`. */
export function banName(address: string, scope: string): string {
  const family = address.includes(':') ? 6 : 4
  const suffix = suffixes[scope]
  if (suffix !== undefined) return `chainmail-ban${family}${suffix} ${address}`
  if (scope.startsWith('interface:'))
    return `chainmail-ban${family}-interface ${address},${scope.slice('interface:'.length)}`
  return `chainmail-ban${family}-ports ${address},${scope}`
}

export function allowName(address: string): string {
  return `chainmail-allow${address.includes(':') ? 6 : 4} ${address}`
}

/** All rules of a chain of the test, which stand under one name, in their order. */
export function chainName(chain: string): string {
  return `chain ${chain}`
}

/** A rule of a chain that chainmail owns, as iptables-save prints it. */
export function ruleName(chain: string, text: string): string {
  return `rule ${chain} ${text}`
}

/** All entries of a set of the test, which stand under one name. */
export function setName(set: string): string {
  return `set ${set}`
}

/** Chains and sets of the test, whose content counts as a whole. */
export const TEST_PREFIX = 'chaos-'

/** Of these, what plans make and remove. */
export const PLANNED_PREFIX = 'chaos-planned-'

/** What the entries are that free an address inside of a banned network. */
export const UNBANNED = 'free: chainmail: unbanned'
export const ALLOWED = 'free: chainmail: allowed'
