import type { Rule } from '../../model/rule.ts'

/** An option in which a rule differs from another; absent on the side that does not have it. */
export interface OptionChange {
  /** Such as `source`, `matches.tcp.dport`, `target`. */
  readonly option: string
  readonly before?: unknown
  readonly after?: unknown
}

/** In which options two rules differ. */
export function optionChanges(before: Rule, after: Rule): readonly OptionChange[] {
  const old = optionsOf(before)
  const now = optionsOf(after)
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((option) => {
    const [one, other] = [old.get(option), now.get(option)]
    if (JSON.stringify(one) === JSON.stringify(other)) return []
    return [
      {
        option,
        ...(one === undefined ? {} : { before: one }),
        ...(other === undefined ? {} : { after: other }),
      },
    ]
  })
}

/** Whether the rules have so much in common that one is the other, changed: at least half of all their options. */
export function isVariant(before: Rule, after: Rule): boolean {
  const all = new Set([...optionsOf(before).keys(), ...optionsOf(after).keys()]).size
  return optionChanges(before, after).length * 2 <= all
}

function optionsOf({ matches, target, counters: _, ...base }: Rule): Map<string, unknown> {
  const options = new Map<string, unknown>(Object.entries(base))
  const groups: readonly object[] = Array.isArray(matches) ? matches : matches === undefined ? [] : [matches]
  const met = new Map<string, number>()
  for (const group of groups) {
    for (const [name, values] of Object.entries(group)) {
      const number = met.get(name) ?? 0
      met.set(name, number + 1)
      enter(options, number === 0 ? `matches.${name}` : `matches.${name}[${number}]`, values)
    }
  }
  if (typeof target === 'string') options.set('target', target)
  else if (target !== undefined)
    for (const [name, values] of Object.entries(target)) {
      options.set('target', name)
      for (const [key, value] of Object.entries(values)) options.set(`target.${name}.${key}`, value)
    }
  return options
}

function enter(options: Map<string, unknown>, path: string, values: unknown): void {
  const members = typeof values === 'object' && values !== null ? Object.entries(values) : []
  if (members.length === 0) options.set(path, true)
  for (const [key, value] of members) options.set(`${path}.${key}`, value)
}
