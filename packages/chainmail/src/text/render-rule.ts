import type { Negatable } from '../model/extension.ts'
import type { Context } from '../model/kind.ts'
import { maskedNetwork } from '../model/kinds/address.ts'
import { interfaceName } from '../model/kinds/interface.ts'
import { protocolWord } from '../model/kinds/protocol.ts'
import { isNegation } from '../model/negation.ts'
import { type Compiled, findMatch, findTarget } from '../model/registry.ts'
import type { Opaque, Rule } from '../model/rule.ts'
import { quoteName } from './quote.ts'

/** The canonical text of a rule: what iptables-save prints behind `-A CHAIN`. Counters are not part of it. */
export function renderRule(rule: Rule, context: Context): string {
  let text = ''
  const { source, destination, inInterface, outInterface, protocol, fragment, matches, target, goto } = rule
  if (source !== undefined) text += base(' -s ', source, maskedNetwork.render, context)
  if (destination !== undefined) text += base(' -d ', destination, maskedNetwork.render, context)
  if (inInterface !== undefined) text += base(' -i ', inInterface, interfaceName.render, context)
  if (outInterface !== undefined) text += base(' -o ', outInterface, interfaceName.render, context)
  if (protocol !== undefined) text += base(' -p ', protocol, protocolWord, context)
  if (fragment !== undefined) text += fragment === true ? ' -f' : ' ! -f'
  if (Array.isArray(matches)) for (const group of matches) text += matchesText(group, context)
  else if (matches !== undefined) text += matchesText(matches, context)
  if (typeof target === 'string') text += ` -j ${quoteName(target)}`
  else if (target !== undefined) text += targetText(target, context)
  if (goto !== undefined) text += ` -g ${quoteName(goto)}`
  return text.slice(1)
}

function base(
  flag: string,
  value: Negatable<string>,
  write: (value: string, context: Context) => string,
  context: Context,
): string {
  return typeof value === 'string' ? flag + write(value, context) : ` !${flag}${write(value.not, context)}`
}

function matchesText(group: object, context: Context): string {
  let text = ''
  for (const [name, options] of Object.entries(group)) {
    text += isOpaque(name, options)
      ? opaqueText(' -m ', options)
      : ` -m ${name}${optionsText(findMatch(name, context.family), options, context)}`
  }
  return text
}

function targetText(target: object, context: Context): string {
  let text = ''
  for (const [name, options] of Object.entries(target)) {
    text += isOpaque(name, options)
      ? opaqueText(' -j ', options)
      : ` -j ${name}${optionsText(findTarget(name, context.family), options, context)}`
  }
  return text
}

function opaqueText(flag: string, { name, text }: Opaque): string {
  return text === '' ? flag + name : `${flag}${name} ${text}`
}

function isOpaque(name: string, options: unknown): options is Opaque {
  return name === 'opaque' && typeof options === 'object' && options !== null && 'text' in options
}

function optionsText(extension: Compiled | undefined, options: unknown, context: Context): string {
  if (extension === undefined || !isRecord(options)) return ''
  let text = ''
  for (const { key, option } of extension.slots) {
    const given = options[key]
    if (given === undefined) continue
    const { flag, kind, meaning } = option
    const value = context.compared === true && meaning !== undefined ? meaning(given) : given
    const negated = isNegation(value)
    if (negated) text += ' !'
    if (kind.spells !== true) text += ` ${flag}`
    const words = kind.words === 0 ? '' : kind.render(negated ? value.not : value, context)
    if (words !== '') text += ` ${words}`
  }
  return text
}

function isRecord(options: unknown): options is Readonly<Record<string, unknown>> {
  return typeof options === 'object' && options !== null
}
