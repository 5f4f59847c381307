import { type Compiled, findMatch, findTarget } from '../../model/registry.ts'
import type { Matches, Rule } from '../../model/rule.ts'
import { attachedMatches, matchListings } from './match-listings.ts'
import { joined, type Listed } from './piece.ts'
import { type ListingContext, Shown } from './shown.ts'
import { targetListings } from './target-listings.ts'

/** What -L prints of the matches of a rule, and of the options of its target behind them, each with a blank before it. */
export function extensionsText({ matches = {}, target }: Rule, context: ListingContext): string {
  const groups: readonly Matches[] = Array.isArray(matches) ? matches : [matches]
  const listed = groups.flatMap((group) =>
    Object.entries(group).map(([name, options]) =>
      extensionText(name, options, findMatch(name, context.family), matchListings.get(name), context),
    ),
  )
  return [...listed, targetText(target, context)].join('')
}

function targetText(target: Rule['target'], context: ListingContext): string {
  if (target === undefined) return ''
  const [name, options]: readonly [string, unknown] =
    typeof target === 'string' ? [target, {}] : (Object.entries(target)[0] ?? ['', {}])
  const extension = findTarget(name, context.family)
  if (typeof target === 'string' && extension === undefined) return ''
  const plain = extension?.slots.length === 0 ? [] : undefined
  return extensionText(name, options, extension, targetListings.get(name) ?? plain, context)
}

/** What has no form of its own here stands in the words of iptables-save, behind its name. */
function extensionText(
  name: string,
  options: unknown,
  extension: Compiled | undefined,
  listed: Listed | undefined,
  context: ListingContext,
): string {
  if (extension === undefined) return ` ${opaqueWords(name, options)}`
  const shown = new Shown(extension, options, context)
  const text = listed === undefined ? savedWords(extension, shown) : joined(listed, shown, context)
  return text === '' || (extension.role === 'match' && attachedMatches.has(name)) ? text : ` ${text}`
}

function savedWords({ name, slots }: Compiled, shown: Shown): string {
  const words = slots.flatMap(({ key, option }) => {
    const given = shown.get(key)
    if (given === undefined) return []
    return [given.not ? '!' : '', option.kind.spells === true ? '' : option.flag, given.text]
  })
  return [name, ...words].filter((word) => word !== '').join(' ')
}

function opaqueWords(name: string, options: unknown): string {
  if (typeof options !== 'object' || options === null || !('name' in options) || !('text' in options))
    return name
  return `${options.name} ${options.text}`.trimEnd()
}
