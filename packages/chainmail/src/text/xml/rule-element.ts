import {
  contentOf,
  escapeText,
  isWritable,
  textOf,
  unescapeBytes,
  valuesOf,
  type Word,
  wordsOf,
  writable,
} from './content.ts'
import type { XmlElement } from './element.ts'

/** An option as it becomes an element. */
interface OptionWords {
  readonly name: string
  readonly inverted: boolean
  readonly values: Word[]
  /** Whether another `!` follows at once: iptables-xml then writes an empty element in two tags. */
  beforeInversion: boolean
}

/** The base options, a match or a target, with their options. */
interface Group {
  readonly name: string
  readonly options: OptionWords[]
}

interface RuleWords {
  readonly conditions: readonly Group[]
  readonly action: Group | undefined
  /** Whether the words are `-g` and a chain. */
  readonly goto: boolean
}

const NAME = /^[A-Za-z_][-\w.]*$/
/** Of one word that means the same in XML and in a rule. */
const PLAIN = /^[\w.,:/-]+$/
const OPTION = /^-(?:[A-Za-z]$|-[A-Za-z])/

/**
 * The inside of a rule's element as iptables-xml(1) writes it, and whether {@link ruleTexts} reads the same rule
 * back from it.
 *
 * @param chains the chains of the table: a jump to one of them is a call
 */
export function ruleContent(
  text: string,
  chains: ReadonlySet<string>,
): { readonly lines: readonly string[]; readonly lossless: boolean } {
  const { conditions, action, goto } = takeApart(wordsOf(text))
  const lines: string[] = []
  let lossless = true
  const add = (group: Group): void => {
    if (!NAME.test(group.name)) lossless = false
    else lossless = groupLines(lines, group) && lossless
  }
  if (conditions.length > 0) {
    lines.push('       <conditions>')
    for (const group of conditions) add(group)
    lines.push('       </conditions>')
  }
  lines.push('       <actions>')
  if (action !== undefined && chains.has(action.name)) {
    lossless = lossless && NAME.test(action.name) && action.options.length === 0
    const jump = goto ? 'goto' : 'call'
    lines.push(`        <${jump} >`)
    if (NAME.test(action.name)) lines.push(`          <${action.name} />`)
    lines.push(`        </${jump}>`)
  } else if (action !== undefined) {
    lossless = lossless && !goto && action.name !== 'call' && action.name !== 'goto'
    add(action)
  }
  lines.push('       </actions>', '')
  return {
    lines,
    lossless: lossless && conditions.every(({ name }, index) => name !== 'match' || index === 0),
  }
}

function takeApart(words: readonly Word[]): RuleWords {
  const conditions: Group[] = []
  let action: Group | undefined
  let goto = false
  let inverted = false
  for (let at = 0; at < words.length; at++) {
    const { value = '', quoted = false } = words[at] ?? {}
    const last = (action ?? conditions.at(-1))?.options.at(-1)
    if (!quoted && value === '!') {
      if (last !== undefined) last.beforeInversion = true
      inverted = true
    } else if (!quoted && value === '-m') {
      conditions.push({ name: words[++at]?.value ?? '', options: [] })
    } else if (!quoted && (value === '-j' || value === '-g')) {
      action = { name: words[++at]?.value ?? '', options: [] }
      goto = value === '-g'
    } else if (!quoted && OPTION.test(value)) {
      if (action === undefined && conditions.length === 0) conditions.push({ name: 'match', options: [] })
      const option = { name: value.replace(/^--?/, ''), inverted, values: [], beforeInversion: false }
      ;(action ?? conditions.at(-1))?.options.push(option)
      inverted = false
    } else {
      last?.values.push({ value, quoted })
    }
  }
  return { conditions, action, goto }
}

/** Adds the lines of a group; tells whether they say all of it. */
function groupLines(lines: string[], { name, options }: Group): boolean {
  if (options.length === 0) {
    lines.push(`        <${name}  />`)
    return true
  }
  let lossless = true
  lines.push(`        <${name} >`)
  for (const { name: option, inverted, values, beforeInversion } of options) {
    const content = contentOf(values)
    if (!NAME.test(option) || !isWritable(content) || !sameWords(valuesOf(content), values)) lossless = false
    if (!NAME.test(option)) continue
    const invert = inverted ? ' invert="1"' : ''
    if (values.length === 0 && !beforeInversion) lines.push(`          <${option} ${invert} />`)
    else lines.push(`          <${option} ${invert}>${escapeText(writable(content))}</${option}>`)
  }
  lines.push(`        </${name}>`)
  return lossless
}

function sameWords(ones: readonly Word[], others: readonly Word[]): boolean {
  return (
    ones.length === others.length &&
    ones.every(
      ({ value, quoted }, index) => value === others[index]?.value && quoted === others[index]?.quoted,
    )
  )
}

/** The texts of the rules that an element of iptables-xml stands for: one for each of its actions. */
export function ruleTexts(rule: XmlElement): readonly string[] {
  let conditions = ''
  const actions: XmlElement[] = []
  for (const part of rule.children) {
    if (part.name === 'actions') actions.push(...part.children)
    else if (part.name === 'conditions')
      for (const group of part.children) {
        if (group.name !== 'match') conditions += ` -m ${group.name}`
        conditions += optionsText(group)
      }
  }
  if (actions.length === 0) return [conditions.slice(1)]
  return actions.map((action) => `${conditions}${actionText(action)}`.slice(1))
}

function optionsText({ children }: XmlElement): string {
  let text = ''
  for (const option of children) {
    const not = option.attributes.get('invert') === '1' ? ' !' : ''
    text += `${not} ${option.name.length === 1 ? '-' : '--'}${option.name}`
    if (PLAIN.test(option.text)) text += ` ${option.text}`
    else for (const value of valuesOf(unescapeBytes(option.text))) text += ` ${textOf(value)}`
  }
  return text
}

function actionText(action: XmlElement): string {
  const [chain] = action.children
  if (action.name === 'call' && chain !== undefined) return ` -j ${chain.name}`
  if (action.name === 'goto' && chain !== undefined) return ` -g ${chain.name}`
  return ` -j ${action.name}${optionsText(action)}`
}
