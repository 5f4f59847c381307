import { protocolNumbers } from '@chainmail/kernel/protocols'
import type { Negatable } from '../../model/extension.ts'
import { protocolWord } from '../../model/kinds/protocol.ts'
import { isNegation } from '../../model/negation.ts'
import type { Rule } from '../../model/rule.ts'
import { amount } from './amount.ts'
import { extensionsText } from './extension-text.ts'
import type { ListingContext } from './shown.ts'
import { networkName } from './values.ts'

/** What -L shows of each rule beside its words. */
export interface Columns {
  /** Counters and interfaces. */
  readonly verbose: boolean
  /** Counters that are not rounded. */
  readonly exact: boolean
  readonly lineNumbers: boolean
}

/** The line above the rules. */
export function headingLine({ verbose, exact, lineNumbers }: Columns): string {
  const counters = exact ? `${'pkts'.padStart(8)} ${'bytes'.padStart(10)} ` : ' pkts bytes '
  return [
    lineNumbers ? 'num  ' : '',
    verbose ? counters : '',
    'target     prot opt ',
    verbose ? 'in     out     ' : '',
    'source               destination         ',
  ].join('')
}

/** A rule as -L prints it; `number` counts from 1. */
export function ruleLine(rule: Rule, number: number, columns: Columns, context: ListingContext): string {
  const { verbose, exact, lineNumbers } = columns
  const { packets, bytes } = rule.counters ?? { packets: 0, bytes: 0 }
  const width = exact ? 8 : 5
  const protocol = one(rule.protocol)
  return [
    lineNumbers ? `${String(number).padEnd(4)} ` : '',
    verbose ? `${amount(packets, exact).padStart(width)} ${amount(bytes, exact).padStart(width)} ` : '',
    `${targetName(rule).padEnd(9)} ${protocol.not ? '!' : ' '}${protocolName(rule, context).padEnd(4)} `,
    `${fragmentMark(rule)} `,
    verbose ? ` ${interfaceName(rule.inInterface, context).padEnd(6)} ` : '',
    verbose ? `${interfaceName(rule.outInterface, context).padEnd(6)} ` : '',
    networkColumn(rule.source, context),
    networkColumn(rule.destination, context),
    rule.goto === undefined ? '' : '[goto] ',
    extensionsText(rule, { ...context, protocol: protocol.value }),
  ].join('')
}

/** The line that iptables -v prints of a rule that it is told to change; numbers only. */
export function verboseLine(rule: Rule, context: ListingContext): string {
  const numbers = { ...context, numeric: true }
  const names = { ...context, numeric: false }
  const [source, destination] = [one(rule.source), one(rule.destination)]
  return [
    `${targetName(rule)} ${one(rule.protocol).not ? '!' : ' '}${protocolName(rule, context.iptables === undefined ? names : numbers)} `,
    `opt ${fragmentMark(rule)} `,
    `in ${interfaceName(rule.inInterface, numbers)} out ${interfaceName(rule.outInterface, numbers)} `,
    `${source.not ? '!' : ' '}${networkOf(source.value, numbers)} `,
    `${destination.not ? '!' : ' '}-> ${networkOf(destination.value, numbers)} `,
    ` ${rule.goto === undefined ? '' : '[goto] '}`,
    extensionsText(rule, { ...numbers, protocol: one(rule.protocol).value }),
  ].join('')
}

/** A negatable value, taken apart. */
function one(value: Negatable<string> | undefined): { readonly not: boolean; readonly value?: string } {
  if (value === undefined) return { not: false }
  return isNegation(value) ? { not: true, value: value.not } : { not: false, value }
}

function targetName({ target, goto }: Rule): string {
  if (goto !== undefined) return goto
  if (target === undefined) return ''
  // Both backends turn it into the target that does the same.
  if (target === 'NOTRACK') return 'CT'
  if (typeof target === 'string') return target
  const [entry] = Object.entries(target)
  if (entry === undefined) return ''
  const [name, options] = entry
  return name === 'opaque' && typeof options === 'object' && 'name' in options ? String(options.name) : name
}

/** In numbers, iptables 1.8.11 lists the protocols that it knows by itself by their names all the same. */
function protocolName({ protocol }: Rule, context: ListingContext): string {
  const { value = 'all' } = one(protocol)
  if (!context.numeric) return value
  if (context.iptables !== undefined) return value === 'all' ? value : protocolWord(value, context)
  return value === 'all' ? '0' : String(protocolNumbers.get(value) ?? value)
}

function fragmentMark({ fragment }: Rule): string {
  if (fragment === undefined) return '--'
  return fragment === true ? '-f' : '!f'
}

function interfaceName(value: Negatable<string> | undefined, { numeric }: ListingContext): string {
  const { not, value: name = numeric ? '*' : 'any' } = one(value)
  return `${not ? '!' : ''}${name}`
}

function networkColumn(value: Negatable<string> | undefined, context: ListingContext): string {
  const { not, value: network } = one(value)
  return `${not ? '!' : ' '}${networkOf(network, context).padEnd(19)} `
}

function networkOf(network: string | undefined, context: ListingContext): string {
  return networkName(network ?? (context.family === 'ipv4' ? '0.0.0.0/0' : '::/0'), context)
}
