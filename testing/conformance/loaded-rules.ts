import type { Backend, Family } from 'chainmail'
import { parseRule, renderRule } from 'chainmail/text'
import type { RuleCase } from './case.ts'
import { lacksState, Programs } from './kernel.ts'
import { failed, type Outcome, passed, passedBecause } from './outcome.ts'

/** Below what one commit of the nft backend holds inside a user namespace. */
const AT_ONCE = 200

/**
 * Over the kernel: what the model writes for each rule is loaded, and save prints the same bytes.
 *
 * @param cases rules that the backend accepted once, of one family and backend
 */
export function checkLoadedRules(
  cases: readonly RuleCase[],
  backend: Backend,
  family: Family,
): ReadonlyMap<RuleCase, Outcome> {
  const programs = new Programs(backend, family)
  const outcomes = new Map<RuleCase, Outcome>()
  for (const [table, group] of Map.groupBy(cases, (test) => test.table)) {
    for (let from = 0; from < group.length; from += AT_ONCE)
      checkTogether({ programs, backend, table }, group.slice(from, from + AT_ONCE), outcomes)
  }
  return outcomes
}

interface Place {
  readonly programs: Programs
  readonly backend: Backend
  readonly table: string
}

function checkTogether(place: Place, cases: readonly RuleCase[], outcomes: Map<RuleCase, Outcome>): void {
  const { programs, backend, table } = place
  const texts = new Map(cases.map((test) => [test, written(test)]))
  const { ok, words } = programs.load(dumpOf(table, cases, texts))
  const [only, ...more] = cases
  if (only === undefined) return
  if (ok) {
    const printed = byChain(programs.saved(), table)
    for (const test of cases) {
      const got = printed.get(test.chain)?.shift() ?? 'nothing'
      const text = texts.get(test) ?? ''
      // The model writes what one backend prints; the other may print it differently.
      const same = got === text || got === test.answers[backend].saved
      outcomes.set(test, same ? passed : failed(text, `loaded and saved: ${got}`))
    }
  } else if (more.length === 0) {
    outcomes.set(
      only,
      lacksState(words)
        ? passedBecause(`this host cannot load it: ${words}`)
        : failed(texts.get(only) ?? '', `not loaded: ${words}`),
    )
  } else {
    const middle = cases.length >> 1
    checkTogether(place, cases.slice(0, middle), outcomes)
    checkTogether(place, cases.slice(middle), outcomes)
  }
}

function written({ rule, family }: RuleCase): string {
  return renderRule(parseRule(rule, { family }), { family })
}

function dumpOf(table: string, cases: readonly RuleCase[], texts: ReadonlyMap<RuleCase, string>): string {
  const lines = cases.map((test) => `-A ${test.chain} ${texts.get(test) ?? ''}`.trimEnd())
  const jumps = lines.flatMap((line) => / -[jg] ([a-z]\S*)/.exec(line)?.[1] ?? [])
  const chains = [...new Set(jumps)].map((name) => `:${name} - [0:0]`)
  return [`*${table}`, ...chains, ...lines, 'COMMIT', ''].join('\n')
}

function byChain(saved: string, table: string): Map<string, string[]> {
  const rules = new Map<string, string[]>()
  let current = ''
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) current = line.slice(1)
    const [, chain, rule = ''] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? []
    if (current !== table || chain === undefined) continue
    rules.set(chain, [...(rules.get(chain) ?? []), rule])
  }
  return rules
}
