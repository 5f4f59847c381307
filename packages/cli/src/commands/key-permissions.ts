import { readFile } from 'node:fs/promises'
import type { Input, Session } from '../command.ts'
import { flag, text } from '../option.ts'
import { wrongUsage } from '../refusal.ts'
import { unreachableFile } from '../rule-text.ts'

const everythingOption = flag({ name: 'everything', about: 'it may do everything, keys included' })
const readOption = flag({ name: 'read', about: 'it may look at everything' })
const banOption = flag({ name: 'ban', about: 'it may ban, within the limits that the next options set' })
const longestOption = text({
  name: 'longest',
  placeholder: 'SPAN',
  about: 'with --ban: how long a ban lasts at most, such as 1d',
})
const widestOption = text({
  name: 'widest',
  placeholder: 'PREFIXES',
  about: 'with --ban: the shortest prefixes for IPv4 and IPv6, such as 24,48',
})
const scopesOption = text({
  name: 'scopes',
  placeholder: 'LIST',
  about: 'with --ban: only these scopes, such as everything,tcp:22',
})
const banSetsOption = text({
  name: 'ban-sets',
  placeholder: 'LIST',
  about: 'with --ban: sets to which it may add entries within the same limits',
})
const perMinuteOption = text({
  name: 'per-minute',
  placeholder: 'COUNT',
  about: 'with --ban: how many bans it may make in a minute',
})
const unbanOption = flag({ name: 'unban', about: 'with --ban: it may take bans back too' })
const chainsOption = text({
  name: 'chains',
  placeholder: 'LIST',
  about: 'chains that it may change, such as filter/app-*,ipv6/raw/PREROUTING',
})
const setsOption = text({
  name: 'sets',
  placeholder: 'LIST',
  about: 'sets that it may change, such as customers',
})
const secondFactorOption = flag({
  name: 'second-factor',
  about: 'it takes a one-time password to change more than bans, see chainmail keys totp',
})
const permissionsOption = text({
  name: 'permissions',
  placeholder: 'FILE',
  completes: 'file',
  about: 'what it may do as JSON, as chainmail keys list --json shows it; - for standard input',
})

const banLimits = [longestOption, widestOption, scopesOption, banSetsOption, perMinuteOption] as const

export const permissionOptions = [
  everythingOption,
  readOption,
  banOption,
  ...banLimits,
  unbanOption,
  chainsOption,
  setsOption,
  secondFactorOption,
  permissionsOption,
] as const

/**
 * What a key may do, as the daemon reads it; what is wrong with it the daemon tells.
 * @throws Refusal `usage`
 */
export async function permissionsOf(input: Input, session: Session): Promise<unknown> {
  const file = input.value(permissionsOption)
  const rest = wordsOf(input)
  if (file === undefined) {
    if (Object.keys(rest).length > 0) return rest
    throw wrongUsage(
      'A key has to be allowed something.',
      'For example: --read, --ban --longest 1d, --chains filter/app, --everything, or --permissions FILE',
    )
  }
  if (Object.keys(rest).length > 0)
    throw wrongUsage('--permissions says everything: leave the other options out.')
  const bytes =
    file === '-'
      ? await session.input()
      : await readFile(file).catch((error: unknown) => {
          throw error instanceof Error ? unreachableFile(file, 'read', error) : error
        })
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw wrongUsage(`${file === '-' ? 'Standard input' : file} is not JSON.`)
  }
}

function wordsOf(input: Input): Readonly<Record<string, unknown>> {
  const [chains, sets] = [listOf(input.value(chainsOption)), listOf(input.value(setsOption))]
  const isLimited = input.has(unbanOption) || banLimits.some((option) => input.value(option) !== undefined)
  if (isLimited && !input.has(banOption)) throw wrongUsage('The limits of bans need --ban beside them.')
  return {
    ...(input.has(everythingOption) ? { everything: true } : {}),
    ...(input.has(readOption) ? { read: true } : {}),
    ...(input.has(secondFactorOption) ? { secondFactor: true } : {}),
    ...(input.has(banOption) ? { ban: banOf(input) } : {}),
    ...(chains === undefined && sets === undefined
      ? {}
      : { edit: { chains: chains ?? [], sets: sets ?? [] } }),
  }
}

function banOf(input: Input): Readonly<Record<string, unknown>> {
  const widest = listOf(input.value(widestOption))
  const [scopes, sets] = [listOf(input.value(scopesOption)), listOf(input.value(banSetsOption))]
  const [longest, perMinute] = [input.value(longestOption), input.value(perMinuteOption)]
  return {
    ...(longest === undefined ? {} : { longest }),
    ...(widest === undefined ? {} : { widest: prefixesOf(widest) }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(sets === undefined ? {} : { sets }),
    ...(perMinute === undefined ? {} : { perMinute: countOf(perMinute, '--per-minute') }),
    ...(input.has(unbanOption) ? { unban: true } : {}),
  }
}

function prefixesOf(words: readonly string[]): Readonly<Record<string, number>> {
  const [ipv4, ipv6, ...more] = words.map((word) => countOf(word, '--widest'))
  if (ipv4 === undefined || ipv6 === undefined || more.length > 0)
    throw wrongUsage('--widest has two prefix lengths, that of IPv4 and that of IPv6: --widest 24,48')
  return { ipv4, ipv6 }
}

function countOf(word: string, option: string): number {
  if (/^\d{1,7}$/.test(word)) return Number(word)
  throw wrongUsage(`${option} takes numbers, not ${JSON.stringify(word)}.`)
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').filter((word) => word !== '')
}
