import type { Negatable } from '../model/extension.ts'
import type { Context } from '../model/kind.ts'
import { maskedNetwork } from '../model/kinds/address.ts'
import { interfaceName } from '../model/kinds/interface.ts'
import { isNegation } from '../model/options.ts'
import { type Compiled, findMatch, findTarget } from '../model/registry.ts'
import type { Opaque, Rule } from '../model/rule.ts'
import { quoteName } from './quote.ts'

/** The canonical text of a rule: what iptables-save prints behind `-A CHAIN`. Counters are not part of it. */
export function renderRule(rule: Rule, context: Context): string {
  const parts: string[] = []
  base(parts, '-s', rule.source, (value) => maskedNetwork.render(value, context))
  base(parts, '-d', rule.destination, (value) => maskedNetwork.render(value, context))
  base(parts, '-i', rule.inInterface, (value) => interfaceName.render(value, context))
  base(parts, '-o', rule.outInterface, (value) => interfaceName.render(value, context))
  base(parts, '-p', rule.protocol, (value) => value)
  if (rule.fragment !== undefined) parts.push(rule.fragment === true ? '-f' : '! -f')
  for (const group of rule.matches === undefined ? [] : [rule.matches].flat()) {
    for (const [name, options] of Object.entries(group)) match(parts, name, options, context)
  }
  if (typeof rule.target === 'string') parts.push('-j', quoteName(rule.target))
  else if (rule.target !== undefined) {
    for (const [name, options] of Object.entries(rule.target)) jump(parts, name, options, context)
  }
  if (rule.goto !== undefined) parts.push('-g', quoteName(rule.goto))
  return parts.join(' ')
}

function base(
  parts: string[],
  flag: string,
  value: Negatable<string> | undefined,
  write: (value: string) => string,
): void {
  if (value === undefined) return
  if (typeof value === 'string') parts.push(flag, write(value))
  else parts.push('!', flag, write(value.not))
}

function match(parts: string[], name: string, options: unknown, context: Context): void {
  if (isOpaque(name, options)) {
    parts.push('-m', options.name)
    if (options.text !== '') parts.push(options.text)
    return
  }
  parts.push('-m', name)
  optionWords(parts, findMatch(name, context.family), options, context)
}

function jump(parts: string[], name: string, options: unknown, context: Context): void {
  if (isOpaque(name, options)) {
    parts.push('-j', options.name)
    if (options.text !== '') parts.push(options.text)
    return
  }
  parts.push('-j', name)
  optionWords(parts, findTarget(name, context.family), options, context)
}

function isOpaque(name: string, options: unknown): options is Opaque {
  return name === 'opaque' && typeof options === 'object' && options !== null && 'text' in options
}

function optionWords(
  parts: string[],
  extension: Compiled | undefined,
  options: unknown,
  context: Context,
): void {
  if (extension === undefined || typeof options !== 'object' || options === null) return
  const values = new Map(Object.entries(options))
  for (const [key, { flag, kind }] of extension.entries) {
    const value: unknown = values.get(key)
    if (value === undefined) continue
    const negated = isNegation(value)
    if (negated) parts.push('!')
    if (kind.spells !== true) parts.push(flag)
    const words = kind.words === 0 ? '' : kind.render(negated ? value.not : value, context)
    if (words !== '') parts.push(words)
  }
}
